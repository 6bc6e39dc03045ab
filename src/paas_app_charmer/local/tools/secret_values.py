"""What stands on the command line of secret-add and secret-set: content and expiry."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Mapping, Sequence

from paas_app_charmer.local import model

from .base import Call, ToolError, key_values, mapping_file

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)", re.ASCII)
_UNITS = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
_KEY = re.compile(r"[a-z](?:-?[a-z0-9]){2,}", re.ASCII)


def expiry(text: str) -> dt.datetime:
    """Read a time or a Go duration such as `24h` or `1h30m`."""
    parts = _DURATION.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
        return model.now() + dt.timedelta(seconds=seconds)
    try:
        moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise ToolError(f'expire time or duration "{text}" not valid', code=2) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)


def content(call: Call, words: Sequence[str]) -> dict[str, str]:
    pairs = key_values(words)
    if (path := call.text("file")) is not None:
        pairs.update(mapping_file(call, path))
    found: dict[str, str] = {}
    for spec, value in pairs.items():
        key, _, kind = spec.partition("#")
        if not _KEY.fullmatch(key):
            raise ToolError(f'secret key "{key}" not valid', code=2)
        found[key] = _decoded(call, kind, value)
    return found


def _decoded(call: Call, kind: str, value: str) -> str:
    if kind == "file":
        return call.file(value)
    if kind == "base64":
        try:
            return base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise ToolError("secret value is not base64 of text", code=2) from None
    return value


def one(secret: Mapping[str, str], spec: str) -> str:
    key, _, kind = spec.partition("#")
    if key not in secret:
        raise ToolError(f'secret key value "{key}" not found')
    value = secret[key]
    return base64.b64encode(value.encode()).decode() if kind == "base64" else value
