"""What the plug-in has to know of Charmcraft."""

from __future__ import annotations

import importlib
from typing import Any

from paas_app_charmer.suites import charm

from . import extension, registration


def plug_in(app: Any) -> None:
    """Put our suites into a running Charmcraft."""
    tool = extension.Tool(
        half="charm",
        file="charmcraft.yaml",
        expand=charm.expand,
        experimental="CHARMCRAFT_ENABLE_EXPERIMENTAL_EXTENSIONS",
        error=importlib.import_module("charmcraft.errors").ExtensionError,
        base=lambda base: tuple(base.split("@")),
    )
    registration.plug_in(app, tool, importlib.import_module("charmcraft.extensions.registry"))
