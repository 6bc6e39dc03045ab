"""What Prometheus' own checker says to rules and configurations, before a server has to."""

from __future__ import annotations

import functools
import pathlib
import shutil
import subprocess
import tempfile

_LONGEST = 1000


@functools.lru_cache(maxsize=16)
def problem(kind: str, text: str) -> str:
    """Return what is wrong with `rules` or a `config`; empty if nothing is, or nobody can tell.

    The program comes with Prometheus, but need not.
    """
    promtool = shutil.which("promtool")
    if promtool is None:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, f"{kind}.yml")
        path.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [promtool, "check", kind, str(path)], capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return ""
        told = f"{done.stdout}\n{done.stderr}".replace(f"{path}: ", "").replace(str(path), kind)
    lines = (line.strip().removeprefix("FAILED:").strip() for line in told.splitlines())
    kept = [line for line in dict.fromkeys(lines) if line not in {"", f"Checking {kind}"}]
    return "; ".join(kept)[:_LONGEST]
