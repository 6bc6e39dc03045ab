"""Uvicorn: what it is told by variables, and its log as JSON.

It reads its settings and its environment when it starts and never again. So what changes them is a
restart: it lets go of its port, finishes what it is serving and ends.
"""

from __future__ import annotations

import functools
import json
import math
import pathlib
from collections.abc import Iterator
from typing import Annotated, Any, Generic, TypeVar

import pydantic

from .. import framework, options, place, release

_LEVELS = ("critical", "error", "warning", "info", "debug", "trace")
_HANDLER = "uvicorn_log_handler"
_GRACE = "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"


class UvicornOptions(place.Options):
    """Options of every framework that uvicorn serves, by the variables that uvicorn reads."""

    port: Annotated[int | None, options.Shown(second=False, default=8080)] = pydantic.Field(
        None,
        alias="webserver-port",
        ge=1,
        le=65535,
        exclude=True,
        description="Port that the application listens on.",
    )
    uvicorn_host: Annotated[str | None, options.Shown(first=False, second=False)] = pydantic.Field(
        "0.0.0.0",  # noqa: S104 - the pod has an address of its own
        alias="webserver-host",
        min_length=1,
        description="Address that the application listens on.",
    )
    web_concurrency: int | None = pydantic.Field(
        1,
        alias="webserver-workers",
        ge=1,
        description="How many worker processes answer requests.",
    )
    uvicorn_log_level: str | None = pydantic.Field(
        "info",
        alias="webserver-log-level",
        description="From which severity on the web server logs: critical, error, warning, info, "
        "debug or trace.",
    )

    @pydantic.field_validator("uvicorn_log_level")
    @classmethod
    def _level_is_known(cls, level: str | None) -> str | None:
        if level is None or level in _LEVELS:
            return level
        raise ValueError(f"should be {', '.join(_LEVELS[:-1])} or {_LEVELS[-1]}")


U = TypeVar("U", bound=UvicornOptions)


class Uvicorn(Generic[U]):
    """Serves ASGI applications with the command of the rock, whatever else that says."""

    logs_as_json = True

    def modules(self, options: U) -> tuple[str, ...]:  # noqa: ARG002 - of the protocol
        return ()

    def configure(
        self, spec: framework.FrameworkSpec[U], seen: framework.Seen[U]
    ) -> framework.Serving:
        directory = f"/tmp/{spec.name}/log_config"  # noqa: S108 - writable for every user
        return framework.Serving(
            definition=seen.workload.services[spec.name],
            environment=dict(_environment(seen, directory)),
            files=tuple(_files(directory)) if seen.json_logs else (),
            directories=(directory,) if seen.json_logs else (),
        )


def _environment(seen: framework.Seen[Any], directory: str) -> Iterator[tuple[str, str]]:
    # Without it requests that never end would keep the application from being shut down in order
    # until Pebble kills it. As an argument it would stop versions that do not know it.
    if _GRACE not in seen.environment:
        yield _GRACE, str(math.ceil(seen.graceful_timeout))
    if seen.json_logs:
        path = seen.environment.get("PYTHONPATH")
        yield "PYTHONPATH", f"{directory}:{path.value}" if path else directory
        yield "UVICORN_LOG_CONFIG", f"{directory}/uvicorn-log-config.json"


def _files(directory: str) -> Iterator[release.File]:
    yield release.File(path=f"{directory}/{_HANDLER}.py", content=_handler())
    content = json.dumps(_LOG_CONFIG, indent=2) + "\n"
    yield release.File(path=f"{directory}/uvicorn-log-config.json", content=content)


@functools.cache
def _handler() -> str:
    return pathlib.Path(__file__).with_name("uvicorn_json.py").read_text(encoding="utf-8")


def _stream(name: str) -> dict[str, Any]:
    return {
        "class": "logging.StreamHandler",
        "stream": f"ext://sys.{name}",
        "formatter": "json",
        "filters": ["span"],
    }


def _logger(handler: str) -> dict[str, Any]:
    return {"handlers": [handler], "level": "INFO", "propagate": False}


_LOG_CONFIG = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": f"{_HANDLER}.Formatter"}},
    "filters": {"span": {"()": f"{_HANDLER}.Span"}},
    "handlers": {"error": _stream("stderr"), "access": _stream("stdout")},
    "loggers": {
        "uvicorn": _logger("error"),
        "uvicorn.error": _logger("error"),
        "uvicorn.access": _logger("access"),
    },
}
