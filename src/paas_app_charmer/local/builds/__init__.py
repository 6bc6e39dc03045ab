"""What the parts of a rock are made of here, without packing it: a module for each plug-in.

A module `builds/<plugin>.py` has `build(order) -> Made`, and is found by its name. It may have
`SOURCES`: suffixes of the files that it builds from, so that a change of one builds again; and
`locate() -> pathlib.Path`: the program of this machine that it needs, or a LocalError.
Plug-ins without a module bring what this machine has anyway, or nothing.
"""

from __future__ import annotations

import dataclasses
import pathlib
import pkgutil
import re
import types
import typing

from paas_app_charmer import modules
from paas_app_charmer.local import errors

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from paas_app_charmer.local import cache, sandbox

_FOLDER = "builds"
_ELSEWHERE = re.compile(r"[a-z+]+://|git@")


def _nothing() -> Mapping[str, typing.Any]:
    return {}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Order:
    """A part that is to be made."""

    name: str
    part: Mapping[str, typing.Any]
    """In full, as Rockcraft would have it."""
    project: pathlib.Path
    state: pathlib.Path
    """What the runner keeps of the project."""
    progress: cache.Progress
    rewritten: bool = False
    """Whether the author says how it is built, beside what the extension says."""
    app_folder: str = ""
    """Where the rock has the application, if this part is that."""

    @property
    def source(self) -> pathlib.Path:
        """The folder of the project that it is made from."""
        return (self.project / str(self.part.get("source") or ".")).resolve()

    @property
    def folder(self) -> pathlib.Path:
        """For what is made, from one run to the next; not there before the first."""
        return self.state / _FOLDER / self.name.replace("/", "-")

    @property
    def organize(self) -> Mapping[str, str]:
        """What of it goes where in the rock."""
        given: Mapping[str, object] = self.part.get("organize") or {}
        return {str(source): str(target) for source, target in given.items()}

    @property
    def variables(self) -> Mapping[str, str]:
        """What the build is given by the part."""
        entries: list[Mapping[str, object]] = self.part.get("build-environment") or []
        return {name: str(value) for entry in entries for name, value in entry.items()}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Made:
    """What parts bring into a container."""

    readable: Mapping[str, pathlib.Path] = dataclasses.field(default_factory=_nothing)
    """Path in the container to a file or folder of the host."""
    writable: Mapping[str, pathlib.Path] = dataclasses.field(default_factory=_nothing)
    """The same, where the application may write."""
    commands: Mapping[str, sandbox.File | str] = dataclasses.field(default_factory=_nothing)
    """Programs by bare name: a script, or a path of the host."""
    homes: tuple[pathlib.Path, ...] = ()
    """Folders of the host that have to be seen under their own names."""


def build(orders: Iterable[Order]) -> Made:
    """Make all parts that can be made here. Raises LocalError."""
    readable: dict[str, pathlib.Path] = {}
    writable: dict[str, pathlib.Path] = {}
    commands: dict[str, sandbox.File | str] = {}
    homes: list[pathlib.Path] = []
    for order in orders:
        module: typing.Any = _module(order.part)
        if module is None:
            continue
        if order.rewritten:
            order.progress(f"{order.name}: its own override-build is not run here")
        made: Made = module.build(order)
        readable |= made.readable
        writable |= made.writable
        commands |= made.commands
        homes += made.homes
    return Made(readable=readable, writable=writable, commands=commands, homes=tuple(homes))


def sources(parts: Iterable[Mapping[str, typing.Any]]) -> frozenset[str]:
    """Return the suffixes of what is built from; none if the application runs as it is."""
    found = (getattr(_module(part), "SOURCES", ()) for part in parts)
    return frozenset(suffix for suffixes in found for suffix in suffixes)


def needed() -> Iterator[tuple[str, Callable[[], pathlib.Path]]]:
    """Return the plug-ins that need a program of this machine, by name, with what looks for it."""
    for name in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        module: typing.Any = modules.find(__name__, name)
        if hasattr(module, "locate"):
            yield name, module.locate


def failure(order: Order, output: str) -> errors.LocalError:
    """Return the refusal of a part whose build said this last."""
    tail = "\n".join(output.strip().splitlines()[-15:])
    return errors.LocalError(f"{order.name} cannot be built:\n{tail}")


def _module(part: Mapping[str, typing.Any]) -> types.ModuleType | None:
    # What comes from elsewhere is a tool that the runner has itself, such as the metrics exporter.
    if _ELSEWHERE.match(str(part.get("source") or ".")):
        return None
    return modules.find(__name__, str(part.get("plugin") or ""))
