"""Spans as they arrive by OTLP over HTTP: in Protobuf or in JSON, both read into one form."""

from __future__ import annotations

import base64
import json
import struct
import typing

from paas_app_charmer.local import traces

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROTOBUF = "application/x-protobuf"
JSON = "application/json"

Message: typing.TypeAlias = "dict[int, list[typing.Any]]"
"""Field number to values: numbers as int, everything else as bytes, in Protobuf's own terms."""

_FIXED = {1: 8, 5: 4}
"""Wire type to bytes."""


_BROKEN = (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError)
"""What comes of reading something else."""


class MalformedError(Exception):
    """The body is not what its type says."""


def spans(body: bytes, content_type: str) -> list[traces.Span]:
    """Read the spans of one export.

    Raises:
        MalformedError: that is impossible.
    """
    read = _from_json if content_type.partition(";")[0].strip() == JSON else _from_protobuf
    try:
        return list(read(body))
    except _BROKEN:
        raise MalformedError from None


def _from_protobuf(body: bytes) -> Iterator[traces.Span]:
    for of_resource in _messages(fields(body), 1):
        resource = _message(of_resource, 1)
        service = _attributes(resource, 1).get("service.name", "")
        for of_scope in _messages(of_resource, 2):
            for span in _messages(of_scope, 2):
                status = _message(span, 15)
                yield traces.Span(
                    trace=_bytes(span, 1).hex(),
                    id=_bytes(span, 2).hex(),
                    parent=_bytes(span, 4).hex(),
                    name=_text(span, 5),
                    kind=_number(span, 6),
                    start=_number(span, 7),
                    end=_number(span, 8),
                    service=str(service),
                    attributes=_attributes(span, 9),
                    status=_number(status, 3),
                    message=_text(status, 2),
                )


def fields(data: bytes) -> Message:
    """Take a Protobuf message apart."""
    found: Message = {}
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        match key & 7:
            case 0:
                value, position = _varint(data, position)
            case 1 | 5 as wire:
                size = _FIXED[wire]
                value = int.from_bytes(_slice(data, position, size), "little")
                position += size
            case 2:
                size, position = _varint(data, position)
                value = _slice(data, position, size)
                position += size
            case _:
                raise ValueError("a wire type that nobody uses")
        found.setdefault(key >> 3, []).append(value)
    return found


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004  the bit that says that there is more
            return value, position
        shift += 7


def _slice(data: bytes, position: int, size: int) -> bytes:
    piece = data[position : position + size]
    if len(piece) < size:
        raise ValueError("the message ends too early")
    return piece


def _messages(message: Message, field: int) -> Iterator[Message]:
    return (fields(value) for value in message.get(field, ()))


def _message(message: Message, field: int) -> Message:
    return fields(_bytes(message, field))


def _bytes(message: Message, field: int) -> bytes:
    return bytes(message[field][-1]) if field in message else b""


def _text(message: Message, field: int) -> str:
    return _bytes(message, field).decode()


def _number(message: Message, field: int) -> int:
    return int(message[field][-1]) if field in message else 0


def _attributes(message: Message, field: int) -> dict[str, typing.Any]:
    pairs = _messages(message, field)
    return {_text(pair, 1): _value(_message(pair, 2)) for pair in pairs}


def _value(message: Message) -> typing.Any:
    for field, (*_, value) in message.items():
        return _VALUES[field](value) if field in _VALUES else None
    return None


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _double(value: int) -> float:
    return struct.unpack("<d", value.to_bytes(8, "little"))[0]


_VALUES: dict[int, Callable[[typing.Any], typing.Any]] = {
    1: bytes.decode,
    2: bool,
    3: _signed,
    4: _double,
    5: lambda value: [_value(item) for item in _messages(fields(value), 1)],
    6: lambda value: _attributes(fields(value), 1),
    7: lambda value: base64.b64encode(value).decode(),
}
"""By the field of OpenTelemetry's AnyValue."""


def _from_json(body: bytes) -> Iterator[traces.Span]:
    export: typing.Any = json.loads(body)
    for of_resource in export.get("resourceSpans", ()):
        resource = _json_attributes(of_resource.get("resource", {}))
        for of_scope in of_resource.get("scopeSpans", ()):
            for span in of_scope.get("spans", ()):
                status = span.get("status", {})
                yield traces.Span(
                    trace=span["traceId"].lower(),
                    id=span["spanId"].lower(),
                    parent=span.get("parentSpanId", "").lower(),
                    name=str(span.get("name", "")),
                    kind=int(span.get("kind", 0)),
                    start=int(span.get("startTimeUnixNano", 0)),
                    end=int(span.get("endTimeUnixNano", 0)),
                    service=str(resource.get("service.name", "")),
                    attributes=_json_attributes(span),
                    status=int(status.get("code", 0)),
                    message=str(status.get("message", "")),
                )


def _json_attributes(holder: typing.Any) -> dict[str, typing.Any]:
    return {
        pair["key"]: _json_value(pair.get("value", {})) for pair in holder.get("attributes", ())
    }


def _json_value(value: typing.Any) -> typing.Any:
    for kind, content in value.items():
        match kind:
            case "intValue":
                return int(content)  # 64 bits stand in a text
            case "arrayValue":
                return [_json_value(item) for item in content.get("values", ())]
            case "kvlistValue":
                return _json_attributes({"attributes": content.get("values", ())})
            case _:
                return content
    return None
