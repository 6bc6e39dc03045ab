"""What the examples change in what `init` writes: the patches beside them, below their reasons."""

from __future__ import annotations

import difflib
import pathlib
import tempfile
from collections.abc import Iterator

from paas_app_charmer import documents
from paas_app_charmer.suites import scaffold

from . import found

FOLDER = found.ROOT / "examples"
_FIRST = "\n--- a/"


def files() -> dict[pathlib.Path, str]:
    """Return each patch with the reasons that it has, which are written by hand."""
    return {path: "".join(_lines(name, path)) for name, path in _paths().items()}


def present() -> frozenset[pathlib.Path]:
    """Return the patches that are there."""
    return frozenset(_paths().values())


def names() -> dict[str, str]:
    """Return what the examples are called, by the module of the framework of each."""
    examples = {module: FOLDER / module / "rockcraft.yaml" for module in found.specs()}
    return {
        module: str(documents.read(file)["name"])
        for module, file in examples.items()
        if file.is_file()
    }


def _paths() -> dict[str, pathlib.Path]:
    return {module: FOLDER / f"{module}.patch" for module in names()}


def _lines(name: str, patch: pathlib.Path) -> Iterator[str]:
    reasons, separator, _ = patch.read_text(encoding="utf-8").partition(_FIRST)
    yield reasons
    yield separator[:1]
    with tempfile.TemporaryDirectory() as folder:
        profile = found.suite(name).name
        order = scaffold.Order(folder=pathlib.Path(folder), name=names()[name], profile=profile)
        written = scaffold.plan(order).files
    for path, file in sorted(written.items()):
        kept = (FOLDER / name / path).read_text(encoding="utf-8")
        yield from difflib.unified_diff(
            file.text.splitlines(keepends=True),
            kept.splitlines(keepends=True),
            f"a/{name}/{path}",
            f"b/{name}/{path}",
        )
