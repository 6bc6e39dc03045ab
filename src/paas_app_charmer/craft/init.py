"""`init` with our profiles in the place of the tool's of the same names."""

from __future__ import annotations

import argparse
import importlib
import pathlib
import tempfile
from collections.abc import Iterable, Mapping
from typing import Any

from paas_app_charmer.suites import catalogue, profile

STOCK = "stock-"
"""Before the name of a suite: the tool's own."""


def command(stock: Any, half: catalogue.Half) -> Any:
    """Return a command that writes our profiles, and leaves all else to the stock command.

    The stock command takes a folder of files and fills in what is marked in them; ours are
    complete, so it copies them with their modes. Rules for files that are there already, names
    and version control stay the tool's.
    """
    suites = catalogue.SUITES

    class Init(stock):
        overview = f"{stock.overview.rstrip()}\n\n{_overview(suites)}\n"

        @property
        def profiles(self) -> list[str]:
            known = set(stock.profiles.fget(self))
            return sorted({*known, *suites, *(STOCK + name for name in suites if name in known)})

        def run(self, parsed_args: argparse.Namespace) -> None:
            if parsed_args.profile in suites:
                # No file of ours names an author, so nobody has to be asked for one.
                parsed_args.author = getattr(parsed_args, "author", None) or "nobody"
            with tempfile.TemporaryDirectory() as folder:
                self._folder = pathlib.Path(folder)
                stock.run(self, parsed_args)

        def _get_template_dir(self, parsed_args: argparse.Namespace) -> pathlib.Path:
            suite = suites.get(parsed_args.profile)
            if suite is None:
                parsed_args.profile = parsed_args.profile.removeprefix(STOCK)
                return stock._get_template_dir(self, parsed_args)  # noqa: SLF001 - to be overridden
            base = _base(suite, half, getattr(parsed_args, "base", None))
            name = self._services.init.validate_project_name(
                self._get_name(parsed_args), use_default=True
            )
            # The tools take the profile's name from the folder's.
            folder = self._folder / f"{suite.name}__{base}"
            _write(folder, profile.files(suite, half, name=name, base=base))
            return folder

    return Init


def _base(suite: catalogue.Suite, half: catalogue.Half, asked: str | None) -> str:
    if asked is None:
        return profile.default_base(suite, half)
    if asked not in suite.bases(half):
        errors = importlib.import_module("craft_application.errors")
        raise errors.InitError(
            message=f"The profile {suite.name!r} has no variant for the base {asked!r}.",
            resolution=f"Choose one of {', '.join(suite.bases(half))}.",
        )
    return asked


def _write(folder: pathlib.Path, files: Mapping[str, profile.File]) -> None:
    for path, file in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text, encoding="utf-8")
        target.chmod(0o755 if file.executable else 0o644)


def _overview(suites: Iterable[str]) -> str:
    listed = "".join(f"    {name} ({STOCK}{name})\n" for name in suites)
    return (
        "These profiles are those of PaaS App Charmer, in brackets the ones whose place they "
        f"take::\n\n{listed}"
    )
