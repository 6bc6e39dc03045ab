"""The framework of a charm, for which its project file may no longer name an extension."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import documents
from paas_app_charmer import project as projects
from paas_app_charmer.suites import catalogue, charm_code

from . import errors

_CODE = "src/charm.py"


def of(content: Mapping[str, Any], charm: pathlib.Path, *, named: str) -> str:
    """Return the framework of a charm, from its project file in full and its code.

    `named` is what the user calls the charm by. Raises LocalError if it has none that can be run.
    """
    suite = next(_clues(content, charm), None)
    if suite is not None:
        return suite.framework
    module = f"{charm_code.OURS}.{next(iter(catalogue.SUITES.values())).module}.Charm"
    raise errors.LocalError(
        f"{named} is no charm of this library: its {_CODE} has no class of, for example, {module}"
    )


def _clues(content: Mapping[str, Any], charm: pathlib.Path) -> Iterator[catalogue.Suite]:
    suites = catalogue.SUITES.values()
    modules = set(_modules(charm / _CODE))
    yield from (suite for suite in suites if suite.module in modules)
    # A class that is derived in several steps cannot be seen; what its extension added can.
    containers = documents.mapping(content.get("containers"))
    yield from (suite for suite in suites if f"{suite.framework}-app" in containers)
    options = documents.mapping(documents.mapping(content.get("config")).get("options"))
    prefixes = {str(option).partition("-")[0] for option in options}
    yield from (suite for suite in suites if suite.framework in prefixes)


def _modules(code: pathlib.Path) -> Iterator[str]:
    try:
        text = projects.text_of(code)
    except (OSError, ValueError):
        return
    for found in charm_code.read(text, _CODE).charms:
        if found.package == charm_code.OURS:
            yield found.module
