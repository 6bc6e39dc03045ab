"""The extension of one half, applied to the text of its project file."""

from __future__ import annotations

import importlib

from paas_app_charmer import project

from . import catalogue, document, expansion


def expand(
    half: catalogue.Half, seen: project.Project, text: str, *, file: str
) -> expansion.Expansion:
    """Return the project file in full, with every problem of its text and of its content.

    The project is that of the folder that holds the file.
    """
    content, findings = document.load(text, file)
    if content is None:
        return expansion.Expansion(content={}, findings=findings)
    # Each half reads files of its own, so only the one that is asked for is imported.
    extension = importlib.import_module(f"{__package__}.{half}")
    expanded: expansion.Expansion = extension.expand(seen, content, file=file)
    return expansion.Expansion(content=expanded.content, findings=(*findings, *expanded.findings))
