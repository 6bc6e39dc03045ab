"""YAML into values, with the line of every problem."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NoReturn, cast

import yaml

from paas_app_charmer import documents

from . import finding, words

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_PLAIN = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null"))
_COLLECTIONS = frozenset((None, "!", _TAG + "map", _TAG + "seq"))
_MERGE = _TAG + "merge"
_DEPTH = 60
_VALUES = 50_000


class RefusedError(Exception):
    """Reading cannot go on; the reason is among what was told."""


class Reader:
    """Builds values from YAML's events, which know their lines and of keys that are repeated.

    They come one by one, so that no nesting can exhaust the stack, as it does in libyaml's own
    composer.
    """

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._events = _LOADER(text)
        self._anchors: dict[str, Any] = {}
        self._unfinished: set[str] = set()
        self._room = _VALUES
        self.told: list[finding.Finding] = []

    def document(self, *, may_be_empty: bool) -> Any:
        """Return the document, without what was told of."""
        self._events.get_event()
        if self._events.check_event(yaml.StreamEndEvent):
            return {} if may_be_empty else self.refuse("is empty")
        line = _line(self._events.get_event())
        content = self._value("", 0)
        self._events.get_event()
        if not self._events.check_event(yaml.StreamEndEvent):
            self.refuse(
                "a second document begins here",
                _line(self._events.peek_event()),
                instead="write one document to a file, without a second `---`",
            )
        self._measure(content, 0)
        if not documents.is_mapping(content):
            self.refuse(f"should be a mapping of keys to values, not {words.kind(content)}", line)
        return content

    def tell(self, what: str, line: int = 0, *, key: str = "", instead: str = "") -> None:
        """Note a problem and go on."""
        self.told.append(
            finding.Finding(file=self._file, key=key, line=line, what=what, instead=instead)
        )

    def refuse(self, what: str, line: int = 0, *, instead: str = "") -> NoReturn:
        """Note a problem that ends the reading."""
        self.tell(what, line, instead=instead)
        raise RefusedError

    def _value(self, path: str, depth: int) -> Any:
        event = self._events.get_event()
        if depth > _DEPTH:
            self.refuse("is nested too deeply", _line(event))
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event)
        anchor = event.anchor
        if anchor:
            self._unfinished.add(anchor)
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, path)
        else:
            if event.tag not in _COLLECTIONS:
                self._tell_of_tag(event.tag, _line(event), path)
            fill = self._list if isinstance(event, yaml.SequenceStartEvent) else self._mapping
            value = fill(path, depth + 1)
        if anchor:
            self._unfinished.discard(anchor)
            self._anchors[anchor] = value
        return value

    def _aliased(self, event: yaml.AliasEvent) -> Any:
        name = str(event.anchor)
        if name in self._unfinished:
            self.refuse(f"`*{name}` stands inside of what it names", _line(event))
        if name not in self._anchors:
            self.refuse(
                f"there is no `&{name}` before this `*{name}`",
                _line(event),
                instead="put a text that begins with `*` into quotes",
            )
        return self._anchors[name]

    def _list(self, path: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while not self._events.check_event(yaml.SequenceEndEvent):
            items.append(self._value(f"{path}.{len(items)}", depth))
        self._events.get_event()
        return items

    def _mapping(self, path: str, depth: int) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        lines: dict[str, int] = {}
        while not self._events.check_event(yaml.MappingEndEvent):
            event = self._events.peek_event()
            line, written = _line(event), str(getattr(event, "value", ""))
            merges = isinstance(event, yaml.ScalarEvent) and self._tag(event) == _MERGE
            key: object = self._value(path, depth)
            step = words.plain(str(key))
            value = self._value(f"{path}.{step}" if path else step, depth)
            if merges:
                merged = {**self._merged(value, line), **merged}
            elif not isinstance(key, str):
                self._tell_of_key(key, written, line)
            elif key in lines:
                self.tell(f"{words.shown(key)} was set in line {lines[key]} already", line)
            else:
                own[key], lines[key] = value, line
        self._events.get_event()
        return {**merged, **own}

    def _merged(self, value: object, line: int) -> dict[str, Any]:
        several = cast("list[object]", value) if isinstance(value, list) else [value]
        merged: dict[str, Any] = {}
        for one in several:
            if documents.is_mapping(one):
                merged = {**one, **merged}
            else:
                self.tell(f"`<<` should name a mapping, not {words.kind(one)}", line)
        return merged

    def _tell_of_key(self, key: object, written: str, line: int) -> None:
        if written:
            what = f"the key {words.shown(written)} is read as {words.kind(key)}, not as a text"
            self.tell(what, line, instead=f"put it into quotes: '{words.plain(written)}'")
        else:
            self.tell(f"a key should be a text, not {words.kind(key)}", line)

    def _tag(self, event: yaml.ScalarEvent) -> str:
        if event.tag not in {None, "!"}:
            return str(event.tag)
        return str(self._events.resolve(yaml.ScalarNode, event.value, event.implicit))

    def _scalar(self, event: yaml.ScalarEvent, path: str) -> Any:
        tag = self._tag(event)
        if tag in {_MERGE, _TAG + "value"}:
            return event.value
        if tag == _TAG + "timestamp":
            what = f"`{event.value}` is read as a date, not as a text"
            self.tell(what, _line(event), key=path, instead=f"put it into quotes: '{event.value}'")
            return event.value
        if tag not in _PLAIN:
            self._tell_of_tag(tag, _line(event), path)
            return event.value
        try:
            node = yaml.ScalarNode(tag, event.value)
            value = self._events.yaml_constructors[tag](self._events, node)
        except (ValueError, LookupError):
            value = math.nan
        if isinstance(value, float) and not math.isfinite(value):
            self.tell(f"{words.shown(event.value)} is no usable number", _line(event), key=path)
            return None
        return value

    def _tell_of_tag(self, tag: str, line: int, path: str) -> None:
        told = words.plain(tag.replace(_TAG, "!!"))
        self.tell(f"the tag `{told}` means nothing here", line, key=path, instead="leave it out")

    def _measure(self, value: object, depth: int) -> None:
        # Aliases make little text into much; whoever goes through the values pays for it.
        self._room -= 1
        if self._room < 0 or depth > _DEPTH:
            self.refuse("is too large or nested too deeply once its aliases are followed")
        for one in _inside(value):
            self._measure(one, depth + 1)


def _inside(value: object) -> Iterator[object]:
    if documents.is_mapping(value):
        yield from value.values()
    elif isinstance(value, list):
        yield from cast("list[object]", value)


def _line(event: Any) -> int:
    return event.start_mark.line + 1
