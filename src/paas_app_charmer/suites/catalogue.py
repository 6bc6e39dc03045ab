"""The suites by name, with the bases that each can be packed for."""

from __future__ import annotations

import dataclasses
import types
from typing import Literal

from paas_app_charmer import modules

Half = Literal["rock", "charm"]
Generation = Literal["first", "second"]

SUFFIX = "-framework"
SECOND_BASE = "ubuntu@26.04"
"""Its rocks and charms have the names of the second generation."""


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

    def shipped(self) -> types.ModuleType | None:
        """Return the module of the suite's folder, None if this release does not have it."""
        return modules.find(f"{__package__}", self.module)


_LONG_SUPPORTED = ("ubuntu@22.04", "ubuntu@24.04")
_RECENT = ("ubuntu@24.04",)

SUITES = {
    suite.name: suite
    for suite in (
        Suite(framework="flask", title="Flask", first_bases=_LONG_SUPPORTED),
        Suite(framework="django", title="Django", first_bases=_LONG_SUPPORTED),
        Suite(framework="fastapi", title="FastAPI", first_bases=_RECENT),
        Suite(framework="go", title="Go", first_bases=_RECENT),
        Suite(framework="expressjs", title="ExpressJS", first_bases=_RECENT),
        Suite(
            framework="spring-boot",
            title="Spring Boot",
            first_bases=_RECENT,
            experimental=("first", "second"),
        ),
    )
}
"""All suites of the field by name, whether this release ships them or not."""


def shipped() -> tuple[Suite, ...]:
    """Return the suites of this release."""
    return tuple(suite for suite in SUITES.values() if suite.shipped() is not None)
