"""What the plug-in has to know of Rockcraft."""

from __future__ import annotations

import importlib
from typing import Any

from paas_app_charmer.suites import rock

from . import extension, registration


def plug_in(app: Any) -> None:
    """Put our suites into a running Rockcraft."""
    importlib.import_module("rockcraft.extensions")  # which registers the stock ones
    tool = extension.Tool(
        half="rock",
        file="rockcraft.yaml",
        expand=rock.expand,
        experimental="ROCKCRAFT_ENABLE_EXPERIMENTAL_EXTENSIONS",
        error=importlib.import_module("rockcraft.errors").ExtensionError,
        base=str,
    )
    registration.plug_in(app, tool, importlib.import_module("rockcraft.extensions.registry"))
