"""``paas-config.yaml``: what an author settles when the charm is packed."""

from __future__ import annotations

import collections
import pathlib
from typing import Annotated, Any, Literal

import pydantic

from . import documents, errors, lifecycle, options

NAME = "paas-config.yaml"

Port = Annotated[int, pydantic.Field(strict=True, ge=1, le=65535)]
_SCHEDULER = "@scheduler"


class StaticConfig(pydantic.BaseModel):
    """Targets of a Prometheus job, as Prometheus spells them."""

    model_config = lifecycle.STRICT

    targets: list[str] = pydantic.Field(
        description="Host and port of what to scrape. `*:PORT` is every unit, `@scheduler:PORT` "
        "the unit that runs the schedulers."
    )
    labels: dict[str, str] | None = pydantic.Field(
        default=None, description="Labels for all that is scraped from these targets."
    )

    @pydantic.field_validator("targets")
    @classmethod
    def _scheduler_has_a_port(cls, targets: list[str]) -> list[str]:
        for target in targets:
            if not target.startswith(_SCHEDULER):
                continue
            port = target.removeprefix(_SCHEDULER)
            if not port.startswith(":"):
                raise ValueError(
                    f"Invalid @scheduler format '{target}': must include port (@scheduler:PORT)"
                )
            if not (port[1:].isascii() and port[1:].isdigit()):
                raise ValueError(f"Invalid @scheduler format '{target}': port must be numeric")
        return targets


class ScrapeConfig(pydantic.BaseModel):
    """A Prometheus job beside the application's own."""

    model_config = lifecycle.STRICT

    job_name: str = pydantic.Field(description="Name of the job, which no other job has.")
    metrics_path: str = pydantic.Field(default="/metrics", description="Path of the metrics.")
    static_configs: list[StaticConfig] = pydantic.Field(description="What the job scrapes.")


class Prometheus(pydantic.BaseModel):
    """What Prometheus shall scrape besides the application."""

    model_config = lifecycle.STRICT

    scrape_configs: list[ScrapeConfig] | None = pydantic.Field(
        default=None, description="Jobs beside the application's own, as Prometheus spells them."
    )

    @pydantic.field_validator("scrape_configs")
    @classmethod
    def _job_names_differ(cls, jobs: list[ScrapeConfig] | None) -> list[ScrapeConfig] | None:
        counts = collections.Counter(job.job_name for job in jobs or [])
        repeated = sorted(name for name, count in counts.items() if count > 1)
        if repeated:
            raise ValueError(
                f"Duplicate job_name values found in prometheus.scrape_configs: "
                f"{', '.join(repeated)}. Each job must have a unique name."
            )
        return jobs


class Environment(pydantic.BaseModel):
    """By which names the application finds what it is given."""

    model_config = lifecycle.SECTION

    names: Literal["contract", "ecosystem"] = pydantic.Field(
        default="contract",
        description="`ecosystem`: variables have the names of the framework's ecosystem too, such "
        "as `DATABASE_URL`, `SECRET_KEY` and `PORT`; see "
        "[Environment variables](variables.md#by-the-names-of-the-ecosystem).",
    )

    @property
    def by_ecosystem(self) -> bool:
        """Whether the names of the ecosystem are wanted beside the contract's."""
        return self.names == "ecosystem"


class PaasConfig(pydantic.BaseModel):
    """The whole file. A key that is left out keeps the framework's default."""

    model_config = lifecycle.SECTION

    port: Port = pydantic.Field(default=0, description="Port that the application listens on.")
    """Here and below, 0 and nothing stand for what the framework has."""
    metrics_port: Port = pydantic.Field(default=0, description="Port that Prometheus scrapes.")
    metrics_path: Annotated[str, pydantic.Field(pattern=r"^/[^/\s?#][^\s?#]*$")] = pydantic.Field(
        default="", description="Path that Prometheus scrapes."
    )
    framework_logging_format: Literal["none", "json"] = pydantic.Field(
        default="none",
        description="How the web server writes its log: `json` is one object a line.",
    )
    prometheus: Prometheus | None = pydantic.Field(
        default=None, description="What Prometheus shall scrape besides the application."
    )

    health: lifecycle.Health = pydantic.Field(
        default_factory=lifecycle.Health.model_construct,
        description="How Pebble tells whether the application answers.",
    )
    migration: lifecycle.Migration = pydantic.Field(
        default_factory=lifecycle.Migration.model_construct,
        description="Where and for how long the migration of the database runs.",
    )
    change: lifecycle.Change = pydantic.Field(
        default_factory=lifecycle.Change.model_construct,
        description="How a running application takes a change.",
    )
    environment: Environment = pydantic.Field(
        default_factory=Environment.model_construct,
        description="By which names the application finds what it is given.",
    )

    @pydantic.model_validator(mode="before")
    @classmethod
    def _null_is_left_out(cls, data: dict[str, Any]) -> dict[str, Any]:
        key = "framework_logging_format"
        return {k: v for k, v in data.items() if k != key or v is not None}

    @property
    def jobs(self) -> list[ScrapeConfig]:
        """The author's own Prometheus jobs."""
        return (self.prometheus and self.prometheus.scrape_configs) or []


def default() -> PaasConfig:
    """Return what holds without a file. There is nothing to check, so no model is built."""
    return PaasConfig.model_construct()


def load(charm_dir: pathlib.Path) -> PaasConfig:
    """Read the file, which may be missing or empty.

    Raises:
        OptionError: the file cannot be used; the message names the key and the reason.
    """
    try:
        content = documents.read(charm_dir / NAME)
    except documents.Error as error:
        raise errors.OptionError(f"Invalid YAML in {NAME}: {_one_line(error)}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise errors.OptionError(f"Failed to read {NAME}: {_one_line(error)}") from error
    if content is None:
        return default()
    if not isinstance(content, dict):
        raise errors.OptionError(f"Invalid {NAME}: the top level should be a mapping")
    try:
        return PaasConfig.model_validate(content)
    except pydantic.ValidationError as error:
        problems = options.message(options.problems_of(error))
        raise errors.OptionError(f"Invalid {NAME}: {problems}") from error


def look(charm_dir: pathlib.Path) -> tuple[PaasConfig, str]:
    """Return what the file says, or the defaults and why it cannot be used."""
    try:
        return load(charm_dir), ""
    except errors.OptionError as error:
        return default(), str(error)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
