"""What the extensions add to a rock, by asking them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paas_app_charmer import project as projects
from paas_app_charmer.suites import catalogue, document, expansion, parts

from .. import found, meanings, patches
from ..markdown import block, code, table

_INTRO = """\
An author adds to a part or a service of these by naming it: lists join, mappings merge, and of
other values the author's wins."""

_FULL = """\
For the application of [the example](../../examples/{module}), on `{base}` and built on
`{build}`:"""


def sections() -> tuple[str, ...]:
    """Return what is told of every framework's extension."""
    told = [section for module in patches.names() for section in _of(module)]
    return ("## What the extension adds", _INTRO, *told)


def _of(module: str) -> tuple[str, ...]:
    suite = found.suite(module)
    by_base = {base: _contributed(suite, *base) for base in _bases(suite)}
    default = ("bare", suite.default_base)
    full = _FULL.format(module=module, base=default[0], build=default[1])
    return (
        f"### {suite.name}",
        table(("Part", "Base", "Plugin", "What it brings"), _parts(suite, by_base)),
        table(("Service", "Command"), _services(by_base[default])),
        full,
        block(document.dump(by_base[default])),
    )


def _bases(suite: catalogue.Suite) -> list[tuple[str, str]]:
    """Return base and build base of every rock that there can be."""
    ubuntu = [base for base in suite.bases("rock") if base != "bare"]
    return [*(("bare", base) for base in suite.first_bases), *((base, base) for base in ubuntu)]


def _contributed(suite: catalogue.Suite, base: str, build_base: str) -> dict[str, Any]:
    folder = patches.FOLDER / suite.module
    project = projects.read(folder, catalogue.READS)
    example, _ = document.load(project.texts[projects.ROCK], projects.ROCK)
    content = {**(example or {}), "base": base, "build-base": build_base}
    content = {key: content[key] for key in ("name", "base", "build-base")}
    seen = parts.Rock(suite=suite, project=project, content=content, file=projects.ROCK)
    added: expansion.Contribution = suite.code().rock(seen)
    return dict(added.content)


def _parts(
    suite: catalogue.Suite, by_base: Mapping[tuple[str, str], Mapping[str, Any]]
) -> list[tuple[str, ...]]:
    names = dict.fromkeys(name for added in by_base.values() for name in added["parts"])
    told = {**meanings.PARTS, **getattr(suite.code(), "PARTS", {})}
    rows: list[tuple[str, ...]] = []
    for name in names:
        having = [base for base, added in by_base.items() if name in added["parts"]]
        part = by_base[having[0]]["parts"][name]
        bases = (
            "all"
            if len(having) == len(by_base)
            else " or ".join(dict.fromkeys(base for base, _ in having))
        )
        meaning = told[name.removeprefix(f"{suite.name}/")]
        rows.append((code(name), bases, code(part["plugin"]), meaning))
    return rows


def _services(added: Mapping[str, Any]) -> list[tuple[str, str]]:
    services: Mapping[str, Any] = added["services"]
    return [(code(name), code(service["command"])) for name, service in services.items()]
