"""What gunicorn's processes run of ours: files beside its own, and where it calls them."""

from __future__ import annotations

import functools
import pathlib
from typing import Any

from .. import framework, release

_ALWAYS = {
    "orphans": "gunicorn_orphans.py",
    "draining": "gunicorn_draining.py",
    "handover": "gunicorn_handover.py",
    "preload": "gunicorn_preload.py",
}
_JSON_LOG = {"json_log": "gunicorn_json.py"}
_TRACING = {"traces": "gunicorn_tracing.py"}
_TRACED_FORMAT = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %({x-request-id}o)s'
"""Gunicorn's own, with the id by which a proxy or the application knows the request."""

_CALLS = {
    # What is said of a reload is said in the new log.
    "on_starting(server)": ("json_log follow", "preload on_starting", "handover on_starting"),
    "when_ready(server)": ("preload when_ready",),
    "on_reload(server)": ("json_log follow", "preload on_reload", "handover on_reload"),
    "post_fork(server, worker)": ("orphans post_fork", "handover post_fork", "traces post_fork"),
    # Each of the first two wraps the application, and so the log sees the spans. The last one
    # tells the master that the worker is ready.
    "post_worker_init(worker)": (
        "json_log capture",
        "traces instrument",
        "draining post_worker_init",
        "orphans post_worker_init",
        "handover post_worker_init",
    ),
    "worker_exit(server, worker)": ("traces worker_exit",),
}
"""Gunicorn's hooks, and what each calls in turn where it is there."""


def files(directory: str, seen: framework.Seen[Any]) -> tuple[release.File, ...]:
    """Return the files that :func:`imports` reads."""
    return tuple(
        release.File(path=f"{directory}/{name}", content=_source(name))
        for name in _parts(seen).values()
    )


def imports(directory: str, seen: framework.Seen[Any]) -> list[str]:
    """Return the lines that gunicorn's file begins with."""
    # Not as modules: a reload has to see what is in the files by then.
    lines = [
        f"{part} = runpy.run_path({f'{directory}/{name}'!r})"
        for part, name in _parts(seen).items()
    ]
    return ["import runpy", *lines]


def settings(seen: framework.Seen[Any]) -> list[str]:
    """Return the lines that say where gunicorn calls what was imported."""
    lines: list[str] = []
    if seen.json_logs:
        lines.append("logger_class = json_log['logger_class']")
    if seen.traces:
        lines.append(f"access_log_format = {_TRACED_FORMAT!r}")
    parts = _parts(seen)
    for hook, calls in _CALLS.items():
        arguments = hook[hook.index("(") :]
        called = [call.split() for call in calls]
        body = [f"    {part}[{name!r}]{arguments}" for part, name in called if part in parts]
        lines += [f"def {hook}:", *body] if body else []
    return lines


def _parts(seen: framework.Seen[Any]) -> dict[str, str]:
    """Return the names of what is imported, with the files."""
    return {
        **_ALWAYS,
        **(_JSON_LOG if seen.json_logs else {}),
        **(_TRACING if seen.traces else {}),
    }


@functools.cache
def _source(name: str) -> str:
    return pathlib.Path(__file__).with_name(name).read_text(encoding="utf-8")
