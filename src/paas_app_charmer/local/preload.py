"""What the zygote imports so that its children need not: ops, pydantic, and this library.

The charm's own code is none of it. The library is a package that the charm uses, but whoever works
on it expects the next hook to run what is on disk by then, so a child imports it anew after a
change.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterable
    from typing import Any

LIBRARY = "paas_app_charmer"


def others() -> None:
    """Import what next to every charm uses."""
    for name in ("ops", "yaml"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    with contextlib.suppress(ImportError):
        import pydantic  # noqa: PLC0415  a charm may do without it

        # Most of pydantic is imported when the first model is made, which takes 40 ms.
        pydantic.create_model("Warm", value=(int, 1))


class Package:
    """A package whose modules are imported, with its ``folders`` of further modules."""

    def __init__(self, name: str, folders: Iterable[str] = ()) -> None:
        self._name = name
        for package in (name, *(f"{name}.{folder}" for folder in folders)):
            _import(package)
        with contextlib.suppress(ImportError):
            import pydantic  # noqa: PLC0415  as above

            _build(pydantic.BaseModel)
        self._seen = {file: _time(file) for file in self._files()}

    def leave_to(self, search: Iterable[pathlib.Path]) -> None:
        """Let it be imported anew if it has changed, or stands in one of the charm's folders."""
        changed = any(_time(file) != time for file, time in self._seen.items())
        if changed or any((folder / self._name).is_dir() for folder in search):
            for name in self._modules():
                del sys.modules[name]

    def _modules(self) -> list[str]:
        return [name for name in sys.modules if name.partition(".")[0] == self._name]

    def _files(self) -> list[str]:
        files = [getattr(sys.modules[name], "__file__", None) for name in self._modules()]
        return [file for file in files if file]


def _import(package: str) -> None:
    """Import the modules of a package. What cannot be imported is for the charm to say."""
    with contextlib.suppress(Exception):
        found = importlib.import_module(package).__path__
        for module in pkgutil.iter_modules(found, f"{package}."):
            if not module.ispkg:
                with contextlib.suppress(Exception):
                    importlib.import_module(module.name)


def _build(model: type[Any]) -> None:
    """Build the models that are put off until they are used."""
    for one in model.__subclasses__():
        with contextlib.suppress(Exception):
            one.model_rebuild()
        _build(one)


def _time(file: str) -> int:
    try:
        return os.stat(file).st_mtime_ns  # noqa: PTH116  for every file before every hook
    except OSError:
        return 0
