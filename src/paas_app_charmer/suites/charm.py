"""The extension of a charm: from what an author writes to the whole charmcraft.yaml."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, cast

from paas_app_charmer import documents
from paas_app_charmer import project as projects

from . import (
    bases,
    catalogue,
    charm_checks,
    charm_options,
    charm_paas_config,
    expansion,
    finding,
    generated,
    interfaces,
    shape,
    words,
)

_CHARM_PART: Mapping[catalogue.Generation, Mapping[str, Any]] = {
    # The plugin builds from source what is not named here: with pydantic and with what builds cosl
    # it would need a Rust toolchain. The list is what this library asks for.
    "first": {
        "plugin": "charm",
        "source": ".",
        "charm-binary-python-packages": [
            *("charmlibs-interfaces-oauth", "charmlibs-interfaces-openfga", "cosl"),
            *("object-storage-charmlib", "ops", "pydantic", "PyYAML"),
        ],
    },
    "second": {"plugin": "uv", "source": ".", "build-snaps": ["astral-uv"]},
}


def expand(
    project: projects.Project, content: Mapping[str, Any], *, file: str = projects.CHARM
) -> expansion.Expansion:
    """Return charmcraft.yaml in full, for the charm's folder and what its author wrote.

    A file that names no extension is in full already.
    """
    author = {key: value for key, value in content.items() if key != "extensions"}
    told = [*shape.check(content, "charmcraft", file)]
    suite, problems = _suite(content, file)
    told += problems
    added: Mapping[str, Any] = {}
    if suite is not None:
        generation, problems = bases.check(author, suite, file)
        told += problems
        added = contribution(suite, generation, project, author)
        told += charm_checks.check(project, author, added, suite=suite, file=file)
        told += charm_options.check(author, added, suite=suite, file=file)
        told += interfaces.check(author, suite=suite, file=file)
        told += charm_paas_config.check(project, suite)
    merged = expansion.merge(copy.deepcopy(author), copy.deepcopy(dict(added)))
    return expansion.Expansion(content=merged, findings=tuple(dict.fromkeys(told)))


def _suite(
    content: Mapping[str, Any], file: str
) -> tuple[catalogue.Suite | None, tuple[finding.Finding, ...]]:
    written: object = content.get("extensions")
    entries = cast("list[object]", written) if isinstance(written, list) else []
    named = dict.fromkeys(entry for entry in entries if isinstance(entry, str))
    found = [catalogue.SUITES[name] for name in named if name in catalogue.SUITES]
    unknown = [_unknown(name, file) for name in named if name not in catalogue.SUITES]
    if len(found) > 1:
        told = words.listed((suite.name for suite in found), "and")
        what = f"an application has one framework, not {told}"
        unknown.append(finding.Finding(file=file, key="extensions", what=what))
    return (found[0] if len(found) == 1 else None), tuple(unknown)


def _unknown(name: str, file: str) -> finding.Finding:
    known = list(catalogue.SUITES)
    what = f"there is no extension {words.shown(name)}"
    instead = words.meant(name, known) or f"there is {words.listed(known, 'and')}"
    return finding.Finding(file=file, key="extensions", what=what, instead=instead)


def contribution(
    suite: catalogue.Suite,
    generation: catalogue.Generation,
    project: projects.Project,
    author: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Return what the extension adds to what an author wrote."""
    added = generated.charm(suite)
    base: Mapping[str, Any] = added[generation]
    options = base["config"]["options"] | dict(_dynamic(added["dynamic"], author))
    parts = {"charm": _CHARM_PART[generation], **_config_part(project)}
    return {**base, "config": {"options": options}, "parts": parts}


def _dynamic(
    by_interface: Mapping[str, Mapping[str, Any]], author: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Make the options that each of the author's endpoints of an interface brings along."""
    for endpoint, declared in documents.mapping(author.get("requires")).items():
        interface: object = documents.mapping(declared).get("interface")
        if isinstance(interface, str) and interface in by_interface:
            for name, option in by_interface[interface].items():
                yield name.replace("{endpoint}", endpoint), _named(option, endpoint)


def _named(option: Mapping[str, Any], endpoint: str) -> Mapping[str, Any]:
    return {
        key: value.replace("{endpoint}", endpoint) if isinstance(value, str) else value
        for key, value in option.items()
    }


def _config_part(project: projects.Project) -> Mapping[str, Any]:
    """Take along what the run time looks for beside `src`, which the `uv` plugin leaves behind."""
    found = [name for name in (charm_paas_config.NAME, charm_checks.COS) if project.has(name)]
    return {"config": {"plugin": "dump", "source": ".", "stage": found}} if found else {}
