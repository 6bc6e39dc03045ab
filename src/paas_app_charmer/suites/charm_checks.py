"""What a suite does not let the author of a charm do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import cos_files, documents
from paas_app_charmer import project as projects

from . import catalogue, finding, words

COS = cos_files.CUSTOM

_UNUSABLE = ("devices", "extra-bindings", "storage")
_RESERVED = ("assumes", "containers", "resources", "peers")
_ROLES = ("requires", "provides")
_SPLIT = {"metadata.yaml": "", "config.yaml": "config", "actions.yaml": "actions"}


def check(
    project: projects.Project,
    author: Mapping[str, Any],
    added: Mapping[str, Any],
    *,
    suite: catalogue.Suite,
    file: str,
) -> Iterator[finding.Finding]:
    """Return what cannot stand beside what the extension adds."""
    yield from _keys(author, added, suite, file)
    yield from _overlaps(author, added, suite, file)
    yield from _split_files(project, file)
    yield from _custom_cos(project)


def _keys(
    author: Mapping[str, Any], added: Mapping[str, Any], suite: catalogue.Suite, file: str
) -> Iterator[finding.Finding]:
    kind: object = author.get("type")
    if isinstance(kind, str) and kind != "charm":
        what = f"{suite.name} is for charms, not for type {words.shown(kind)}"
        yield finding.Finding(file=file, key="type", what=what, instead="write `type: charm`")
    if "charm" in documents.mapping(author.get("parts")):
        what = f"the part `charm` is made by {suite.name}"
        instead = "remove it, and give a part of your own another name"
        yield finding.Finding(file=file, key="parts.charm", what=what, instead=instead)
    for key in _UNUSABLE:
        if author.get(key) is not None:
            what = f"charms of {suite.name} have no `{key}`"
            yield finding.Finding(file=file, key=key, what=what, instead="remove it")
    for key in _RESERVED:
        if author.get(key) is not None and author[key] != added[key]:
            what = f"`{key}` is set by {suite.name}"
            yield finding.Finding(file=file, key=key, what=what, instead="remove it")


def _overlaps(
    author: Mapping[str, Any], added: Mapping[str, Any], suite: catalogue.Suite, file: str
) -> Iterator[finding.Finding]:
    for name in documents.mapping(author.get("actions")):
        if name in added["actions"]:
            what = f"{suite.name} has an action of this name"
            instead = "rename or remove it"
            yield finding.Finding(
                file=file, key=words.path("actions", name), what=what, instead=instead
            )
    taken = {name for role in (*_ROLES, "peers") for name in added[role]}
    for role in _ROLES:
        for name in documents.mapping(author.get(role)):
            if name in taken:
                what = f"{suite.name} has an endpoint of this name"
                instead = "rename or remove it"
                yield finding.Finding(
                    file=file, key=words.path(role, name), what=what, instead=instead
                )


def _split_files(project: projects.Project, file: str) -> Iterator[finding.Finding]:
    for name, section in _SPLIT.items():
        if project.has(name):
            place = f"`{section}` of {file}" if section else file
            yield finding.Finding(
                file=name,
                what=f"this file cannot stand beside {file} any more",
                instead=f"move what is in it into {place} and remove it",
            )


def _custom_cos(project: projects.Project) -> Iterator[finding.Finding]:
    inside = {tuple(path.split("/")[1:]) for path in project.paths if path.startswith(f"{COS}/")}
    with_content = {parts[0] for parts in inside if len(parts) > 1}
    allowed = words.listed(cos_files.SUFFIXES, "and")
    for name in sorted({parts[0] for parts in inside} - cos_files.SUFFIXES.keys()):
        kind = "folder" if name in with_content else "file"
        yield finding.Finding(
            file=f"{COS}/{name}",
            what=f"a {kind} that means nothing here: {COS} holds the folders {allowed}",
            instead="move it there or remove it",
        )
