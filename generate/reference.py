"""The reference: one page for each thing that an author or an operator writes."""

from __future__ import annotations

import pathlib

from . import found, markdown
from .pages import changes, integrations, options, paas_config, project_files, variables

FOLDER = found.ROOT / "docs" / "reference"

_ABOUT = """\
All that authors and operators write and applications get, in tables. They are made from what the
library says about itself, so they hold for the version that they lie beside."""


def files() -> dict[pathlib.Path, str]:
    """Return the pages and their index."""
    pages = [
        project_files.rock(),
        project_files.charm(),
        *(one.page() for one in (paas_config, options, variables, integrations, changes)),
    ]
    index = markdown.Page(
        name="README",
        title="Reference",
        about=_ABOUT,
        sections=[
            markdown.table(
                ("Page", "What it tells"),
                [(f"[{page.title}]({page.name}.md)", page.about) for page in pages],
            )
        ],
    )
    return {FOLDER / f"{page.name}.md": page.text() for page in (index, *pages)}


def present() -> frozenset[pathlib.Path]:
    """Return what lies in the folder, which is for these pages alone."""
    return frozenset(FOLDER.glob("*"))
