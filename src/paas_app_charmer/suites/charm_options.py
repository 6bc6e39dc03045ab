"""What a suite does not let the author of a charm do with options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import documents

from . import catalogue, finding, words


def check(
    author: Mapping[str, Any], added: Mapping[str, Any], *, suite: catalogue.Suite, file: str
) -> Iterator[finding.Finding]:
    """Return what is wrong with an author's options, beside their shape."""
    own = documents.mapping(documents.mapping(author.get("config")).get("options"))
    for name, option in own.items():
        key = words.path("config", "options", name)
        if name in added["config"]["options"]:
            what = f"{suite.name} has an option of this name"
            yield finding.Finding(file=file, key=key, what=what, instead="rename or remove it")
        else:
            yield from _prefix(name, key, suite, file)
        yield from _default(documents.mapping(option), key, file)


def _prefix(name: str, key: str, suite: catalogue.Suite, file: str) -> Iterator[finding.Finding]:
    for prefix in ("webserver-", f"{suite.framework}-"):
        if name.startswith(prefix):
            what = f"options that begin with `{prefix}` are those of {suite.name}"
            yield finding.Finding(
                file=file, key=key, what=what, instead=f"name it {_other(name, prefix)}"
            )


def _other(name: str, prefix: str) -> str:
    rest = name.removeprefix(prefix)
    return words.shown(rest) if rest else "otherwise"


def _default(option: Mapping[str, Any], key: str, file: str) -> Iterator[finding.Finding]:
    asks = [
        text
        for text, asked in (
            ("optional: false", option.get("optional") is False),
            ("required: true", option.get("required") is True),
        )
        if asked
    ]
    default = option.get("default")
    if not asks or default is None:
        return
    yield finding.Finding(
        file=file,
        key=f"{key}.default",
        what=f"with a default the option always has a value, so `{asks[0]}` asks for nothing",
        instead=f"remove `default` or `{asks[0]}`",
        severity="error" if default else "warning",
    )
