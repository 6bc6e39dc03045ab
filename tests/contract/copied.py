"""A copy of the repository that a test adds something to, to see what else has to change."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Iterable

from generate import committed

ROOT = pathlib.Path(__file__).parents[2]
TABLE = "tests/contract/environment.yaml"
GENERATED = {path.relative_to(ROOT).as_posix() for files, _ in committed.STEPS for path in files()}
_LEFT = (".paas", "__pycache__", ".ruff_cache", ".hypothesis", "node_modules", "target")


def copy(to: pathlib.Path, *, tests: Iterable[str], without: Iterable[str] = ()) -> None:
    """Copy what the library, its generator and some of its tests need."""
    folders = ("docs", "examples", "generate", "src", *(f"tests/{folder}" for folder in tests))
    for folder in folders:
        ignore = shutil.ignore_patterns(*_LEFT, *without)
        shutil.copytree(ROOT / folder, to / folder, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", to)


def python(tree: pathlib.Path, *words: str, folder: pathlib.Path | None = None) -> str:
    """Run Python with the library of the copy, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-B", *words],
        cwd=folder or tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src")},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pytest(tree: pathlib.Path, *words: str) -> str:
    """Run tests of the copy, which have to pass."""
    return python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words)


def differing(tree: pathlib.Path) -> set[str]:
    """Return the files of the copy that are not as they are here."""
    files = (
        path for path in tree.rglob("*") if path.is_file() and ".hypothesis" not in path.parts
    )
    names = {path.relative_to(tree).as_posix() for path in files}
    return {
        name
        for name in names
        if not (ROOT / name).is_file() or (ROOT / name).read_bytes() != (tree / name).read_bytes()
    }
