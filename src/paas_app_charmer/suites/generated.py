"""What is generated from the library's models, which take too long to import for a command.

`docs/reference` is made from the same; a test compares both with the models.
"""

from __future__ import annotations

import functools
import json
import pathlib
from collections.abc import Mapping
from typing import Any

from . import catalogue

_FOLDER = pathlib.Path(__file__).parent


@functools.cache
def interfaces() -> Mapping[str, Any]:
    """Return all interfaces that the library speaks.

    Each has the conventional `endpoint`, its `role` and `category`, and `variables` by framework.
    """
    return json.loads((_FOLDER / "interfaces.json").read_text(encoding="utf-8"))


@functools.cache
def charm(suite: catalogue.Suite) -> Mapping[str, Any]:
    """Return what a suite's extension contributes to a charm, by generation.

    Beside that there are `dynamic` options by interface, the names of `migrations`, the `ports`
    that an application has by default, by the keys of paas-config.yaml, and `port_variables`: the
    variable that tells it the port, empty if none does, by generation.
    """
    text = (_FOLDER / suite.module / "charm.json").read_text(encoding="utf-8")
    return json.loads(text)
