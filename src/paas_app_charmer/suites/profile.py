"""Profiles: the files with which the packaging of an application begins.

They are templates in the folder `profiles`, and `rockcraft.yaml` in the folder of each suite.
"""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import documents, project

from . import catalogue, generated

_SUITES = pathlib.Path(__file__).parent
_PROFILES = _SUITES / "profiles"
_SUFFIX = ".template"
_NAME = re.compile(r"[a-z](?:-?[a-z0-9])+")
_LONGEST_NAME = 40
_LINE = re.compile(r"^\{\{ (\w+) \}\}\n", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{\{ (\w+) \}\}")
_SELDOM_REQUIRED = {"network", "telemetry"}
"""Categories of integrations that most applications run without."""

_BARE = """\
# On the base `bare` the image holds the application and what it needs to run, and nothing else.
# Instead of both lines, `base: {base}` puts it onto a whole Ubuntu.
base: bare
build-base: {base} # mandatory for bare
"""
_SLICES = """\
#   # On `bare` the latter are slices of packages; a whole package goes into a part of its own.
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class File:
    """A file of a profile."""

    text: str
    executable: bool = False


def files(
    suite: catalogue.Suite, half: catalogue.Half, *, name: str, base: str
) -> Mapping[str, File]:
    """Return what a project begins with, by path relative to its folder.

    The base is one of `suite.bases(half)`, which chooses the generation as well.
    """
    generation = suite.bases(half)[base]
    values = _values(suite, name=name, base=base, generation=generation)
    if half == "rock":
        template = _SUITES / suite.module / project.ROCK
        return {project.ROCK: File(text=_filled(template.read_text(encoding="utf-8"), values))}
    return {
        path: File(text=_filled(text, values), executable=path.endswith(".py"))
        for path, text in sorted(_templates("charm", f"charm-{generation}"))
    }


def default_base(suite: catalogue.Suite, half: catalogue.Half) -> str:
    """Return the base that is written unless another is asked for."""
    return "bare" if half == "rock" else suite.default_base


def is_name(name: str) -> bool:
    """Tell whether a rock and a charm may have this name."""
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


def class_name(name: str) -> str:
    """Return the name of a charm's class: `my-app` gives `MyAppCharm`."""
    return re.sub(r"\W", "", name.title()) + "Charm"


def _templates(*folders: str) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for file in (_PROFILES / folder).rglob(f"*{_SUFFIX}"):
            path = file.relative_to(_PROFILES / folder).as_posix().removesuffix(_SUFFIX)
            yield path, file.read_text(encoding="utf-8")


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Put values in; one that has a line for itself is any number of lines."""
    lines = _LINE.sub(lambda match: values[match[1]], template)
    return _PLACEHOLDER.sub(lambda match: values[match[1]], lines)


def _values(
    suite: catalogue.Suite, *, name: str, base: str, generation: catalogue.Generation
) -> Mapping[str, str]:
    bare = base == "bare"
    spoken = generated.interfaces()
    return {
        "name": name,
        # `on` and `no` are names too, but in YAML not texts.
        "yaml_name": name if documents.parse(name) == name else f'"{name}"',
        "snake_name": project.snake(name),
        "class_name": class_name(name),
        "suite": suite.name,
        "module": suite.module,
        "title": suite.title,
        "prefix": _prefix(spoken, suite.module),
        "port_variable": generated.charm(suite)["port_variables"][generation],
        "base": base,
        "base_keys": _BARE.format(base=suite.default_base) if bare else f"base: {base}\n",
        "stage_package": "libpq5_libs" if bare else "libpq5",
        "stage_remark": _SLICES if bare else "",
        "charm_user": "" if generation == "first" else "charm-user: non-root\n",
        "requires": _requires(spoken, suite, generation),
        "tools": (_PROFILES / "tools.toml").read_text(encoding="utf-8"),
    }


def _prefix(spoken: Mapping[str, Any], module: str) -> str:
    """Return the prefix of the framework's variables, which every charm gives for its URL."""
    variables = [name for one in spoken.values() for name in one["variables"].get(module, ())]
    suffix = "BASE_URL"
    return next((v.removesuffix(suffix) for v in variables if v.endswith(suffix)), "")


def _requires(
    spoken: Mapping[str, Any], suite: catalogue.Suite, generation: catalogue.Generation
) -> str:
    """Return the integrations that an author may want, as a comment to choose from."""
    contributed = generated.charm(suite)[generation]["requires"].values()
    left_out = {endpoint["interface"] for endpoint in contributed}
    if generation == "second":
        left_out |= {interface for interface, one in spoken.items() if one["superseded"]}
    lines: list[str] = []
    for interface, integration in sorted(spoken.items()):
        if integration["role"] != "requires" or interface in left_out:
            continue
        optional = integration["category"] in _SELDOM_REQUIRED
        lines += [
            f"#   {integration['endpoint']}:",
            f"#     interface: {interface}",
            f"#     optional: {str(optional).lower()}",
            "#     limit: 1",
        ]
    return "".join(f"{line}\n" for line in lines)
