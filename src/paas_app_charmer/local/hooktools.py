"""Answer one call of a hook tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import context
from .tools import actions, network, refused, relations, secrets, state, unit
from .tools.base import (
    REGISTRY,
    RUN_ERROR,
    USAGE_ERROR,
    Call,
    Tool,
    ToolError,
    UsageGapError,
    parse,
    render,
)

__all__ = ["NAMES", "answer"]

_MODULES = (actions, network, refused, relations, secrets, state, unit)
"""Importing a module of tools registers them."""

NAMES: tuple[str, ...] = tuple(sorted(REGISTRY))


def answer(
    hook: context.Context, name: str, argv: Sequence[str], files: Mapping[str, str]
) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error."""
    try:
        entry = _entry(name)
        flags, args = parse(name, entry, argv)
        call = Call(tool=name, context=hook, flags=flags, args=args, files=files)
        value = entry.run(call)
        if entry.prints:
            return 0, render(value, call.text("format") or entry.prints), ""
    except UsageGapError as error:
        hook.gap(str(error))
        return USAGE_ERROR, "", f"ERROR {error} (local agent gap)\n"
    except ToolError as error:
        return error.code, "", f"ERROR {error}\n"
    except Exception as error:  # noqa: BLE001  a mistake of ours must be seen, and end no thread
        hook.gap(f"{name}: the local agent failed with {type(error).__name__}")
        return RUN_ERROR, "", f"ERROR the local agent failed: {type(error).__name__}\n"
    return 0, value or "", ""


def _entry(name: str) -> Tool:
    try:
        return REGISTRY[name]
    except KeyError:
        raise UsageGapError(f"{name}: unknown hook tool") from None
