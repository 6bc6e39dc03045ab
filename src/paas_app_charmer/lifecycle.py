"""What an author settles about health, migrations and change, in ``paas-config.yaml``."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import pydantic

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")

# Models are built when a file is there to be checked, and most charms have none.
STRICT = pydantic.ConfigDict(
    defer_build=True, extra="forbid", frozen=True, hide_input_in_errors=True
)
SECTION: pydantic.ConfigDict = {
    **STRICT,
    "alias_generator": pydantic.AliasGenerator(
        validation_alias=lambda name: pydantic.AliasChoices(name.replace("_", "-"), name)
    ),
}


def seconds(value: object) -> float:
    """Return the seconds of a duration as Pebble spells it, such as ``500ms`` or ``1m30s``."""
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise ValueError("should be a duration such as 500ms, 30s or 2m")
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(value))


def duration(value: float) -> str:
    """Return seconds as Pebble spells a duration when it shows its plan."""
    if value < 1:
        return f"{value * 1000:g}ms"
    minutes, rest = divmod(value, 60)
    hours, minutes = divmod(int(minutes), 60)
    if hours:
        return f"{hours}h{minutes}m{rest:g}s"
    return f"{minutes}m{rest:g}s" if minutes else f"{rest:g}s"


def _duration(
    default: str, description: str, *, least: float = 0.0, most: float = 24 * 3600
) -> Any:
    return pydantic.Field(default=seconds(default), ge=least, le=most, description=description)


Seconds = Annotated[
    float,
    pydantic.BeforeValidator(seconds),
    pydantic.WithJsonSchema({"type": "string", "format": "duration"}),
]


class Health(pydantic.BaseModel):
    """How Pebble tells whether the application answers."""

    model_config = SECTION

    path: Annotated[str, pydantic.Field(pattern=r"^(/[^\s]*)?$")] = pydantic.Field(
        default="",
        description="Path that answers with a status from 200 to 299 while the application can "
        "serve. Without it, it is enough that the port takes a connection.",
    )
    period: Seconds = _duration("10s", "How often the application is asked.", least=0.1)
    timeout: Seconds = _duration("1s", "How long an answer may take.", least=0.01)
    threshold: Annotated[int, pydantic.Field(strict=True, ge=1, le=1000)] = pydantic.Field(
        default=3, description="After how many failures in a row the application is not ready."
    )
    liveness: bool = pydantic.Field(
        default=False,
        description="Whether Pebble restarts the web server when it is not ready any more.",
        strict=True,
    )
    workers: dict[str, Annotated[str, pydantic.Field(min_length=1)]] = pydantic.Field(
        default_factory=dict[str, str],
        description="For each service of a worker or scheduler, a command that succeeds while it "
        "is healthy. It runs in the environment of that service.",
    )

    @pydantic.model_validator(mode="after")
    def _timeout_fits(self) -> Health:
        if self.timeout > self.period:
            raise ValueError("timeout should not be longer than period")
        return self


class Migration(pydantic.BaseModel):
    """Where and for how long the migration of the database runs."""

    model_config = SECTION

    run_on: Literal["every-unit", "leader"] = pydantic.Field(
        default="every-unit",
        description="`leader`: the leader migrates once for each release, and the other units "
        "wait for it.",
    )
    timeout: Seconds = _duration("30m", "After how long a migration is ended.", least=1.0)

    @property
    def by_leader(self) -> bool:
        """Whether the leader migrates for all units."""
        return self.run_on == "leader"


class Change(pydantic.BaseModel):
    """How a running application takes a change."""

    model_config = SECTION

    graceful_timeout: Seconds = _duration(
        "30s",
        "How long requests may take to finish when their worker is to stop.",
        most=600,
    )
    gap: Seconds = _duration(
        "60s",
        "How long a required integration may be missing before the services are stopped.",
    )
    spread: Seconds = _duration(
        "10s",
        "Within how long the units restart a service, one after another.",
        most=600,
    )
