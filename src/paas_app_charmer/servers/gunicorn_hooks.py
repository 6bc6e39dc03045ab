"""What gunicorn's processes run of ours: files beside its own, and where it calls them."""

from __future__ import annotations

import functools
import pathlib
from typing import Any

from .. import framework, release

_JSON_LOG = "gunicorn_json.py"
_TRACING = "gunicorn_tracing.py"
_TRACED_FORMAT = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %({x-request-id}o)s'
"""Gunicorn's own, with the id by which a proxy or the application knows the request."""


def files(directory: str, seen: framework.Seen[Any]) -> tuple[release.File, ...]:
    """Return the files that :func:`imports` reads."""
    wanted = {_JSON_LOG: seen.json_logs, _TRACING: seen.traces}
    return tuple(
        release.File(path=f"{directory}/{name}", content=_source(name))
        for name, is_wanted in wanted.items()
        if is_wanted
    )


def imports(directory: str, seen: framework.Seen[Any]) -> list[str]:
    """Return the lines that gunicorn's file begins with."""
    # Not as modules: a reload has to see what is in the files by then.
    lines = ["import runpy"] if seen.json_logs or seen.traces else []
    if seen.json_logs:
        lines.append(f"json_log = runpy.run_path({f'{directory}/{_JSON_LOG}'!r})")
    if seen.traces:
        lines.append(f"tracing = runpy.run_path({f'{directory}/{_TRACING}'!r})")
    return lines


def settings(seen: framework.Seen[Any]) -> list[str]:
    """Return the lines that say where gunicorn calls what was imported."""
    lines: list[str] = []
    ready: list[str] = []
    if seen.json_logs:
        lines.append("logger_class = json_log['logger_class']")
        lines.append("on_starting = on_reload = json_log['follow']")
        ready.append("    json_log['capture'](worker)")
    if seen.traces:
        lines.append(f"access_log_format = {_TRACED_FORMAT!r}")
        lines.append("post_fork = tracing['post_fork']")
        lines.append("worker_exit = tracing['worker_exit']")
        # The last one wraps those before it, so that the log sees the spans.
        ready.append("    tracing['instrument'](worker)")
    return [*lines, "def post_worker_init(worker):", *ready] if ready else lines


@functools.cache
def _source(name: str) -> str:
    return pathlib.Path(__file__).with_name(name).read_text(encoding="utf-8")
