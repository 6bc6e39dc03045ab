"""Putting all of it in, or none."""

from __future__ import annotations

import contextlib
from typing import Any

from paas_app_charmer.suites import catalogue

from . import extension, init


def plug_in(app: Any, tool: extension.Tool, registry: Any) -> None:
    """Register the suites of this release, and the tool's own once more as `stock-...`.

    A tool may be older than some of the suites and have nothing of its own for these. Everything
    is made before anything is changed; should a change fail, those before it are taken back.
    """
    suites = catalogue.SUITES.values()
    ours = {suite.name: extension.Extension(suite=suite, tool=tool) for suite in suites}
    known = set(registry.get_extension_names())
    stock = {name: registry.get_extension_class(name) for name in ours if name in known}
    groups = _with_init(app, tool.half)
    with contextlib.ExitStack() as undo:
        for name, replacement in ours.items():
            if name not in stock:
                undo.callback(_forget, registry, name)
                registry.register(name, replacement)
                continue
            undo.callback(registry.register, name, stock[name])
            registry.register(name, replacement)
            undo.callback(_forget, registry, init.STOCK + name)
            registry.register(init.STOCK + name, stock[name])
        app._command_groups[:] = groups  # noqa: SLF001 - commands can be added, not replaced
        undo.pop_all()


def _with_init(app: Any, half: catalogue.Half) -> list[Any]:
    """Return the tool's groups of commands, with ours for the one named `init`."""
    groups: list[Any] = []
    for group in app.command_groups:
        commands = [
            init.command(one, half) if one.name == "init" else one for one in group.commands
        ]
        groups.append(group._replace(commands=commands))
    return groups


def _forget(registry: Any, name: str) -> None:
    if name in registry.get_extension_names():
        registry.unregister(name)
