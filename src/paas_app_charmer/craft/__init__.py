"""The suites inside of Charmcraft and Rockcraft.

Both tools load what is registered in the entry point group
`craft_application_plugins.application`, and call its `configure`. Nothing is touched unless the
library was installed through its extra `craft`. If something goes wrong here, that is said, and
the tool goes on with its own suites.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import traceback
from collections.abc import Iterator
from typing import Any

DISTRIBUTION = "paas-app-charmer"
EXTRA = "craft"
UNDERSTOOD = {"charmcraft": ">=4.5,<5", "rockcraft": ">=1.19,<2"}
"""The tools by name, each with the versions that its module here was written for."""


def configure(app: Any) -> None:
    """Put our suites in the place of the tool's own of the same names."""
    tool = app.app.name
    if tool not in UNDERSTOOD:
        return
    emit = importlib.import_module("craft_cli").emit
    try:
        _configure(app, tool, emit)
    except Exception as error:  # noqa: BLE001 - a tool must work on, whatever is wrong here
        emit.debug(traceback.format_exc())
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        emit.progress(
            f"The suites of {DISTRIBUTION} are not used: {cause}. Those of {tool} itself are in "
            f"force. Reinstall {DISTRIBUTION}[{EXTRA}], or uninstall it.",
            permanent=True,
        )


def _configure(app: Any, tool: str, emit: Any) -> None:
    missing = sorted(_missing())
    if missing:
        emit.debug(
            f"{DISTRIBUTION} is installed without its extra {EXTRA}, so its suites are off "
            f"(missing: {', '.join(missing)})"
        )
        return
    if not _fits(app.app.version, UNDERSTOOD[tool]):
        emit.progress(
            f"The suites of {DISTRIBUTION} are not used: they were made for {tool} "
            f"{UNDERSTOOD[tool]}, this is {app.app.version}. Those of {tool} itself are in force.",
            permanent=True,
        )
        return
    importlib.import_module(f".{tool}", __name__).plug_in(app)
    emit.debug(f"The suites of {DISTRIBUTION} are in force")


def _missing() -> Iterator[str]:
    """Go through the requirements of the extra that are not met here.

    Nothing records with which extras a distribution was installed, so it is told by what
    they bring.
    """
    requirements = importlib.import_module("packaging.requirements")
    for text in importlib.metadata.requires(DISTRIBUTION) or ():
        one = requirements.Requirement(text)
        of_extra = one.marker and not one.marker.evaluate({"extra": ""})
        if not of_extra or not one.marker.evaluate({"extra": EXTRA}):
            continue
        try:
            fits = _fits(importlib.metadata.version(one.name), str(one.specifier))
        except importlib.metadata.PackageNotFoundError:
            fits = False
        if not fits:
            yield one.name


def _fits(version: str, wanted: str) -> bool:
    specifiers = importlib.import_module("packaging.specifiers")
    versions = importlib.import_module("packaging.version")
    try:
        parsed = versions.Version(version)
    except versions.InvalidVersion:
        return False
    return specifiers.SpecifierSet(wanted).contains(parsed, prereleases=True)
