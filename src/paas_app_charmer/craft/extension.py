"""An extension in the shape that both tools ask for, with our suite behind it."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import os
import pathlib
from collections.abc import Callable, Mapping
from typing import Any, cast

from paas_app_charmer import documents, project
from paas_app_charmer.suites import catalogue, expansion, finding

from . import contribution

Expand = Callable[..., expansion.Expansion]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tool:
    """What the two tools differ in."""

    half: catalogue.Half
    file: str
    expand: Expand
    experimental: str
    """The environment variable that lets experimental extensions through."""
    error: Callable[..., Exception]
    base: Callable[[str], object]
    """A base as the tool writes it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Extension:
    """Stands in a tool's registry for a class of extensions.

    Calling it gives the extension of one project, as with the stock ones, which choose among
    two classes by base.
    """

    suite: catalogue.Suite
    tool: Tool
    _told: set[str] = dataclasses.field(default_factory=set[str], init=False, compare=False)
    """Warnings are said once, though a project is expanded for each of its platforms."""

    def get_supported_bases(self) -> list[object]:
        """Return the bases of either generation."""
        return [self.tool.base(base) for base in self.suite.bases(self.tool.half)]

    def is_experimental(self, base: object) -> bool:
        """Tell whether a base belongs to a generation that is not settled."""
        generations = self.suite.bases(self.tool.half)
        return any(
            self.tool.base(known) == base and generation in self.suite.experimental
            for known, generation in generations.items()
        )

    def __call__(self, *, project_root: pathlib.Path, yaml_data: dict[str, Any]) -> Applied:
        """Return the extension for a project file, from which the key `extensions` is gone."""
        seen = project.read(project_root, catalogue.READS)
        declared = _declared(seen.texts.get(self.tool.file, ""), self.suite.name)
        content = {**yaml_data, "extensions": declared}
        expanded = self.tool.expand(seen, content, file=self.tool.file)
        return Applied(of=self, author=yaml_data, expanded=expanded)

    def warn(self, text: str) -> None:
        """Say something once that does not keep the project from being packed."""
        if text not in self._told:
            self._told.add(text)
            importlib.import_module("craft_cli").emit.progress(text, permanent=True)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Applied:
    """The extension of one project."""

    of: Extension
    author: Mapping[str, Any]
    expanded: expansion.Expansion

    def validate(self, extension_name: str) -> None:
        """Say everything that is wrong with the project at once."""
        tool = self.of.tool
        refused = {one: _refused(one, tool) for one in self.expanded.findings if _is_trial(one)}
        if os.environ.get(tool.experimental):
            refused = {}
        told = [refused.get(one, one) for one in self.expanded.findings]
        for warning in finding.warnings(told):
            self.of.warn(f"Warning: {warning}")
        errors = finding.errors(told)
        if errors:
            lines = "".join(f"\n- {error}" for error in errors)
            message = f"The extension {extension_name!r} does not fit this project:{lines}"
            raise tool.error(message, logpath_report=False)  # the log knows no more

    def get_root_snippet(self) -> dict[str, Any]:
        """Return what the tool has to merge."""
        return contribution.contribution(self.author, self.expanded.content)

    def get_part_snippet(self) -> dict[str, Any]:
        """Return what every part gets: nothing."""
        return {}

    def get_parts_snippet(self) -> dict[str, Any]:
        """Return what parts come on top: none, they are in the root snippet."""
        return {}


def _declared(text: str, name: str) -> list[str]:
    """Return which of our suites the file names, for the tool shows them one by one."""
    declared: object = None
    with contextlib.suppress(documents.Error):
        declared = documents.mapping(documents.parse(text)).get("extensions")
    written = cast("list[object]", declared) if isinstance(declared, list) else []
    return [suite for suite in catalogue.SUITES if suite in written] or [name]


def _is_trial(one: finding.Finding) -> bool:
    """Tell whether it says that the suite is experimental on the base, the one doubt about it."""
    return one.severity == "warning" and one.key in ("base", "build-base")


def _refused(one: finding.Finding, tool: Tool) -> finding.Finding:
    instead = f"set {tool.experimental}=1 in the environment to use it all the same"
    return dataclasses.replace(one, severity="error", instead=instead)
