"""Values from YAML and JSON, narrowed so that the type checker knows their items (as Any)."""

from __future__ import annotations

from typing import Any, TypeGuard


def is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def is_mapping(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
