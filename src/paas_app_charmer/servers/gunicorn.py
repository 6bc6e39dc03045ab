"""Gunicorn: its configuration file and its check.

A reload (SIGHUP) makes the master read its file again and start new workers while the old
ones finish what they are serving.
"""

from __future__ import annotations

import math
from typing import Generic, TypeVar

import pydantic

from .. import env, errors, framework, options, release
from . import commandline, gunicorn_hooks, gunicorn_reloads

_WORKER_CLASS = ("-k", "--worker-class")
_CHECK_TIMEOUT = 300
_CHECK_FAILED = (
    "Webserver configuration check failed, "
    "please review your charm configuration or database relation"
)


class GunicornOptions(options.Options):
    """Options of every framework that gunicorn serves. The application does not see them."""

    workers: int | None = pydantic.Field(
        None,
        alias="webserver-workers",
        ge=1,
        exclude=True,
        description="How many worker processes answer requests; 1 by default.",
    )
    threads: int | None = pydantic.Field(
        None,
        alias="webserver-threads",
        ge=1,
        exclude=True,
        description="How many requests each worker process answers at the same time, in threads; "
        "1 by default.",
    )
    keepalive: int | None = pydantic.Field(
        None,
        alias="webserver-keepalive",
        ge=0,
        exclude=True,
        description="How many seconds an idle connection is kept open for the next request; "
        "2 by default.",
    )
    timeout: int | None = pydantic.Field(
        None,
        alias="webserver-timeout",
        ge=0,
        exclude=True,
        description="After how many seconds without a sign of life a worker process is replaced; "
        "30 by default, 0 for never.",
    )
    worker_class: str | None = pydantic.Field(
        None,
        alias="webserver-worker-class",
        exclude=True,
        description="How a worker process answers requests: sync, one at a time, or gevent, many "
        "at a time, for which the rock needs the package gevent. By default as the rock's "
        "command says.",
    )


G = TypeVar("G", bound=GunicornOptions)

_SETTINGS = ("workers", "threads", "keepalive", "timeout")


class Gunicorn(Generic[G]):
    """Serves WSGI applications from a rock that has gunicorn and, as a rule, a StatsD exporter."""

    logs_as_json = True

    def modules(self, options: G) -> tuple[str, ...]:
        return ("gevent",) if options.worker_class == "gevent" else ()

    def configure(
        self, spec: framework.FrameworkSpec[G], seen: framework.Seen[G]
    ) -> framework.Serving:
        web = seen.workload.services[spec.name]
        command = _command(spec, seen, str(web.get("command") or ""))
        definition = {**web, "command": command, "override": "replace"}
        environment = env.values(seen.environment)
        path = f"{spec.base_dir}/gunicorn.conf.py"
        running = gunicorn_reloads.running(spec.name, definition, seen.workload, environment, path)
        lines = [*_lines(spec, seen), *gunicorn_reloads.lines(running, environment)]
        file = release.File(path=path, content="".join(f"{line}\n" for line in lines))
        files = (file, *gunicorn_hooks.files(spec.base_dir, seen))
        argv = (*commandline.words(command), "--check-config")
        return framework.Serving(
            definition=definition,
            files=files,
            directories=() if seen.forwards_logs else (f"/var/log/{spec.name}",),
            preflight=release.Command(
                argv=argv,
                fingerprint=release.digest(argv, *(one.content for one in files), environment),
                failure=_CHECK_FAILED,
                timeout=_CHECK_TIMEOUT,
            ),
            companions=_exporter(spec, seen),
            reloads=running is not None,
        )


def _lines(spec: framework.FrameworkSpec[G], seen: framework.Seen[G]) -> list[str]:
    settings: dict[str, object] = {
        "bind": [f"0.0.0.0:{seen.port}"],
        "chdir": spec.app_dir,
        "accesslog": "-" if seen.forwards_logs else f"/var/log/{spec.name}/access.log",
        "errorlog": "-" if seen.forwards_logs else f"/var/log/{spec.name}/error.log",
        "statsd_host": _statsd_host(seen),
        "graceful_timeout": math.ceil(seen.graceful_timeout),
    }
    for name in _SETTINGS:
        value = getattr(seen.options, name)
        if value is not None:
            settings[name] = value
    return [
        *gunicorn_hooks.imports(spec.base_dir, seen),
        *(f"{key} = {value!r}" for key, value in settings.items()),
        *gunicorn_hooks.settings(seen),
    ]


def _command(spec: framework.FrameworkSpec[G], seen: framework.Seen[G], command: str) -> str:
    chosen = seen.options.worker_class
    if chosen is None:
        return command
    documentation = f"https://bit.ly/{spec.name}-async-doc"
    if chosen not in {"sync", "gevent"}:
        raise errors.OptionError(f"Only 'gevent' and 'sync' are allowed. {documentation}")
    if not seen.workload.modules.issuperset(spec.server.modules(seen.options)):
        raise errors.OptionError(
            f"gunicorn[gevent] must be installed in the rock. {documentation}"
        )
    changed = commandline.replace_value(command, chosen, *_WORKER_CLASS)
    if changed is None:
        raise errors.OptionError(
            "Worker class is set through `juju config` but the `-k` worker class argument "
            "is not in the service command."
        )
    return changed


def _exporter_in(seen: framework.Seen[G]) -> tuple[str, str] | None:
    """Return the name and command of the rock's StatsD exporter."""
    for name, definition in seen.workload.services.items():
        command = str(definition.get("command") or "")
        if "statsd_exporter" in command or "--statsd.listen-udp" in command:
            return name, command
    return None


def _statsd_host(seen: framework.Seen[G]) -> str:
    found = _exporter_in(seen)
    listens = commandline.value_of(found[1], "--statsd.listen-udp") if found else None
    return listens or "localhost:9125"


def _exporter(
    spec: framework.FrameworkSpec[G], seen: framework.Seen[G]
) -> dict[str, release.Definition]:
    # The exporter's own default is the framework's: it is told only what differs from it.
    found = _exporter_in(seen)
    if found is None:
        return {}
    name, command = found
    if seen.metrics.port != spec.metrics.port:
        command = commandline.set_value(command, f":{seen.metrics.port}", "--web.listen-address")
    if seen.metrics.path != spec.metrics.path:
        command = commandline.set_value(command, seen.metrics.path, "--web.telemetry-path")
    return {name: {**seen.workload.services[name], "command": command}}
