"""What an author settles in paas-config.yaml, checked by the rules of the run time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import project as projects

from . import catalogue, document, finding, generated, words

NAME = "paas-config.yaml"

_LOGS = "framework_logging_format"
_PATHS = ("metrics-path", "metrics_path")
_PATH = re.compile(r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")
_TYPES = {
    "int_type": "a whole number",
    "string_type": "a text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def check(project: projects.Project, suite: catalogue.Suite) -> Iterator[finding.Finding]:
    """Return what is wrong with the file, if there is one."""
    if NAME in project.unreadable:
        yield finding.Finding(file=NAME, what=f"cannot be read: {project.unreadable[NAME]}")
    if NAME not in project.texts:
        return
    content, told = document.load(project.texts[NAME], NAME, may_be_empty=True)
    yield from told
    if not content:
        return
    yield from _invalid(content)
    if str(content.get(_LOGS)).lower() == "json" and not generated.charm(suite)["logs_as_json"]:
        what = f"{suite.title} does not write its log as JSON"
        yield finding.Finding(file=NAME, key=_LOGS, what=what, instead="write `none`")
    for key in _PATHS:
        path: object = content.get(key)
        if isinstance(path, str) and path.startswith("/") and not _PATH.fullmatch(path):
            what = f"{words.shown(path)} holds a character that no path of a URL has"
            instead = "write it with its `%` code"
            yield finding.Finding(file=NAME, key=key, what=what, instead=instead)


def _invalid(content: Mapping[str, Any]) -> Iterator[finding.Finding]:
    # Most charms have no such file, so most are not made to wait for what checks it.
    import pydantic  # noqa: PLC0415

    from paas_app_charmer import paas_config  # noqa: PLC0415

    try:
        paas_config.PaasConfig.model_validate(content)
    except pydantic.ValidationError as error:
        known = [
            name.replace("metrics_", "metrics-") for name in paas_config.PaasConfig.model_fields
        ]
        for details in error.errors(include_url=False):
            key = words.path(*details["loc"])
            what, instead = _words(dict(details), known)
            yield finding.Finding(file=NAME, key=key, what=what, instead=instead)


def _words(details: Mapping[str, Any], known: list[str]) -> tuple[str, str]:
    kind, value = details["type"], details["input"]
    if kind in _TYPES:
        return f"should be {_TYPES[kind]}, not {words.kind(value)}", ""
    match kind:
        case "missing":
            return "is missing", ""
        case "extra_forbidden":
            return "is no key that means something here", words.meant(details["loc"][-1], known)
        case "string_pattern_mismatch":
            return "should be a path below `/`", "write for example `/metrics`"
        case "literal_error":
            return f"should be {details['ctx']['expected']}, not {words.shown(value)}", ""
        case _:
            return str(details["msg"]).removeprefix("Value error, ").removeprefix("Input "), ""
