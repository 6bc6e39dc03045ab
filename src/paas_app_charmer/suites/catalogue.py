"""The suites by name, with the bases that each can be packed for."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

Half = Literal["rock", "charm"]
Generation = Literal["first", "second"]

SUFFIX = "-framework"
SECOND_BASE = "ubuntu@26.04"
"""Its rocks and charms have the names of the second generation."""

_FOLDER = pathlib.Path(__file__).parent
_ABOUT = "suite.json"
"""In the folder of each suite: the fields of `Suite`. Reading it costs less than to import what
makes a rock, of which no more than one is wanted."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Suite:
    """The names and bases of one framework's suite."""

    framework: str
    """For example `spring-boot`; also the Pebble service and the prefix of part names."""
    title: str
    """As the framework spells itself."""
    first_bases: tuple[str, ...]
    """Ubuntu bases of the first generation, of rock and charm alike; the last is the default."""
    experimental: tuple[Generation, ...] = ("second",)
    reads: Mapping[str, int] = dataclasses.field(
        default_factory=dict[str, int], hash=False, compare=False
    )
    """Files of a project that say what it is, by name, and how many folders deep they count."""

    @property
    def name(self) -> str:
        """Of the profile and of the extension, in both tools."""
        return self.framework + SUFFIX

    @property
    def module(self) -> str:
        """Of the charm class in this library, and of the suite's folder."""
        return self.framework.replace("-", "")

    @property
    def default_base(self) -> str:
        """The base that `init` writes unless it is told another."""
        return self.first_bases[-1]

    def bases(self, half: Half) -> dict[str, Generation]:
        """Return the bases of the rock (`bare` among them) or charm, with their generation.

        `bare` belongs to the first generation: the second is built on a full Ubuntu.
        """
        bare = ("bare",) if half == "rock" else ()
        bases: dict[str, Generation] = dict.fromkeys((*bare, *self.first_bases), "first")
        bases[SECOND_BASE] = "second"
        return bases

    def code(self) -> Any:
        """Return the module of the suite's folder, which says what its rocks are made of."""
        return importlib.import_module(f"{__package__}.{self.module}")


def _found() -> Iterator[Suite]:
    for module in sorted(_FOLDER.glob("*/__init__.py")):
        text = (module.parent / _ABOUT).read_text(encoding="utf-8")
        about: dict[str, Any] = json.loads(text)
        for key in about.keys() & {"first_bases", "experimental"}:
            about[key] = tuple(about[key])
        yield Suite(**about)


SUITES: Mapping[str, Suite] = {suite.name: suite for suite in _found()}
"""All suites by name: the folders of this package that have a module. Nothing is registered."""
READS: Mapping[str, int] = {
    name: max(suite.reads.get(name, 0) for suite in SUITES.values())
    for suite in SUITES.values()
    for name in suite.reads
}
"""What `project.read` has to read for any of them."""
