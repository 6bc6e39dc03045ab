"""What dashboards ask, read from the databag in which a charm publishes them."""

from __future__ import annotations

import base64
import dataclasses
import json
import lzma
import re
import typing

from . import errors

if typing.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Node: typing.TypeAlias = Mapping[str, typing.Any]

LIST = "list "
"""How the name of a drop-down list begins where panels are named."""

_EVERYTHING = ".*"
_BUILT_IN = {
    "__rate_interval": "1m",
    "__interval": "15s",
    "__interval_ms": "15000",
    "__range": "1h",
    "__range_s": "3600",
    "__range_ms": "3600000",
}
_VARIABLE = re.compile(r"\$\{(\w+)(?::[^}]*)?\}|\$(\w+)|\[\[(\w+)(?::[^\]]*)?\]\]")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Query:
    """What one panel, or one drop-down list, asks."""

    dashboard: str
    panel: str
    source: str
    """The kind of data source, for example `prometheus`."""
    text: str
    """With every list of choices at `All`."""


def queries(published: Mapping[str, str]) -> Iterator[Query]:
    """Yield the queries of all dashboards in a databag.

    Raises:
        LocalError: the databag holds something else.
    """
    try:
        templates: Node = json.loads(published.get("dashboards") or "{}").get("templates", {})
        for name, template in templates.items():
            content: Node = json.loads(lzma.decompress(base64.b64decode(template["content"])))
            yield from _of_dashboard(content, name)
    except (AttributeError, KeyError, TypeError, ValueError, lzma.LZMAError) as error:
        raise errors.LocalError(f"the published dashboards cannot be read: {error!r}") from error


def _of_dashboard(content: Node, name: str) -> Iterator[Query]:
    title = str(content.get("title") or name)
    lists: list[Node] = content.get("templating", {}).get("list", [])
    chosen = {**_BUILT_IN, **{one["name"]: _choice(one) for one in lists}}
    sources = {one["name"]: str(one.get("query")) for one in lists if one["type"] == "datasource"}
    for one in lists:
        if one["type"] == "query":
            asked: typing.Any = one.get("query")
            if not isinstance(asked, str):
                asked = asked["query"]
            yield Query(
                dashboard=title,
                panel=f"{LIST}{one['name']}",
                source=_source(one, {}, sources),
                text=_filled(asked, chosen),
            )
    for panel in _panels(content):
        for target in panel.get("targets", []):
            if target.get("expr"):
                yield Query(
                    dashboard=title,
                    panel=str(panel.get("title") or f"panel {panel.get('id')}"),
                    source=_source(target, panel, sources),
                    text=_filled(target["expr"], chosen),
                )


def _panels(content: Node) -> Iterator[Node]:
    for panel in [*content.get("panels", []), *content.get("rows", [])]:
        yield panel
        yield from _panels(panel)  # a row has panels of its own


def _choice(variable: Node) -> str:
    """Return what is chosen in a list: everything, if that can be."""
    if variable.get("includeAll") or variable.get("multi"):
        return str(variable.get("allValue") or _EVERYTHING)
    current: object = variable.get("current", {}).get("value")
    if isinstance(current, str) and current not in {"", "$__all"}:
        return current
    if variable["type"] in {"constant", "custom", "interval", "textbox"}:
        return str(variable.get("query") or "").partition(",")[0].strip()
    return _EVERYTHING


def _source(target: Node, panel: Node, sources: Mapping[str, str]) -> str:
    """Return the kind of data source; a reference to a variable leads to its kind."""
    for named in (target.get("datasource"), panel.get("datasource")):
        if isinstance(named, dict):
            source = typing.cast("Node", named)
            if source.get("type"):
                return str(source["type"])
            named = source.get("uid")  # noqa: PLW2901  the older form, which is a text
        if named:
            variable = _VARIABLE.fullmatch(str(named))
            name = next(filter(None, variable.groups())) if variable else str(named)
            return sources.get(name, name)
    return "prometheus"


def _filled(text: str, chosen: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        return chosen.get(next(filter(None, found.groups())), found[0])

    return _VARIABLE.sub(value, text)
