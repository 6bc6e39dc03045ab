"""What a reload brings to a gunicorn that runs, and what only a start can.

The environment of the master stays that of its start. So its file sets what has changed since,
and removes what is gone.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from .. import change, facts, release
from . import commandline

_ARGUMENTS = "GUNICORN_CMD_ARGS"
_FILE = ("-c", "--config")
_AT_THE_START = ("GLIBC_", "GUNICORN_", "LD_", "MALLOC_", "PYTHON", "WEB_CONCURRENCY")
"""What names of variables begin with that the process reads once: its loader, Python, gunicorn."""


def running(
    name: str,
    definition: release.Definition,
    workload: facts.Workload,
    environment: Mapping[str, str],
    path: str,
) -> release.Running | None:
    """Return what the master runs with if it can be reloaded, None if it starts anew."""
    command = str(definition.get("command") or "")
    arguments = f"{command} {environment.get(_ARGUMENTS, '')}"
    if not _reads(arguments, definition, path):
        return None
    before = change.stays(name, definition, workload)
    if before is None:
        return None
    changed = change.touched(before, environment)
    return None if any(one.startswith(_AT_THE_START) for one in changed) else before


def lines(before: release.Running | None, environment: Mapping[str, str]) -> list[str]:
    """Return the lines of gunicorn's file that bring the environment to the running master."""
    if before is None:
        return []
    # Gunicorn strips white space off the end of what stands in raw_env, and a certificate
    # ends with a line break; such a value is set directly.
    touched = change.touched(before, environment)
    exact = {name: environment[name] for name in sorted(touched & environment.keys())}
    raw = [f"{name}={value}" for name, value in exact.items() if value == value.rstrip()]
    direct = {name: value for name, value in exact.items() if value != value.rstrip()}
    gone = sorted(touched - environment.keys())
    found = [f"raw_env = {raw!r}"] if raw else []
    if direct or gone:
        found.append("import os")
    if direct:
        found.append(f"os.environ.update({direct!r})")
    if gone:
        found += [f"for name in {gone!r}:", "    os.environ.pop(name, None)"]
    return found


def _reads(arguments: str, definition: release.Definition, path: str) -> bool:
    """Return whether gunicorn reads the file of the charm at all."""
    told = commandline.value_of(arguments, *_FILE)
    if told is None:
        told = posixpath.basename(path)  # what it looks for by itself
    folder = str(definition.get("working-dir") or "/")
    return posixpath.normpath(posixpath.join(folder, told.removeprefix("file:"))) == path
