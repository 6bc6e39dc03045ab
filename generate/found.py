"""The frameworks and integrations of the library, found by their files."""

from __future__ import annotations

import pathlib
from typing import Any

import paas_app_charmer
from paas_app_charmer import framework, frameworks, integration, metadata, modules
from paas_app_charmer.suites import catalogue

PACKAGE = pathlib.Path(paas_app_charmer.__file__).parent
SUITES = PACKAGE / "suites"
ROOT = PACKAGE.parent.parent


def specs() -> dict[str, framework.FrameworkSpec[Any]]:
    """Return every framework by the name of its module."""
    names = (
        path.stem
        for path in sorted(PACKAGE.glob("*.py"))
        if "\nSPEC" in path.read_text(encoding="utf-8")
    )
    found = {name: frameworks.find(name) for name in names}
    return {name: spec for name, spec in found.items() if spec is not None}


def integrations() -> dict[str, integration.Integration[Any]]:
    """Return every integration by its interface."""
    files = sorted((PACKAGE / "integrations").glob("[a-z]*.py"))
    found = (integration.find(path.stem) for path in files)
    return {one.interface: one for one in found if one is not None}


def about(one: integration.Integration[Any]) -> str:
    """Return what the module of an integration says that it is for."""
    module = modules.find("paas_app_charmer.integrations", one.interface)
    first, _, _ = ((module and module.__doc__) or "").partition("\n")
    return first.partition(". ")[0].rstrip(".")


def role(interface: str) -> str:
    """Return the key of `charmcraft.yaml` that an endpoint of the interface stands under."""
    provided = {
        endpoint["interface"]
        for spec in specs().values()
        for endpoint in metadata.derive(spec, first_generation=False)["provides"].values()
    }
    return "provides" if interface in provided else "requires"


def suite(module: str) -> catalogue.Suite:
    """Return the suite of a framework by the name of its module."""
    return next(one for one in catalogue.SUITES.values() if one.module == module)


def bases(module: str, *, first: bool, second: bool) -> str:
    """Return the bases that something is for, by the generations that have it."""
    if first and second:
        return "all"
    generation = "first" if first else "second"
    bases = suite(module).bases("charm")
    return ", ".join(
        base.removeprefix("ubuntu@") for base, of in bases.items() if of == generation
    )
