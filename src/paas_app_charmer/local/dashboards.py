"""Whether the queries of the charm's dashboards give data, by asking the Prometheus of the run."""

from __future__ import annotations

import dataclasses
import functools
import http.client
import json
import math
import re
import typing
import urllib.error
import urllib.parse
import urllib.request

from . import dashboard_queries, errors, ports
from .services import grafana_dashboard, prometheus_scrape

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator, Mapping

DATA = "data"
NO_MATCH = "no match"
"""The metric is exposed, but not for what the query selects: it may still happen."""
NO_METRIC = "no metric"
REFUSED = "refused"
NOT_CHECKED = "not checked"

_TIMEOUT = 5.0
_CHOICES = re.compile(r"label_values\((?:(?P<of>.+),)?\s*(?P<label>\w+)\s*\)\s*", re.DOTALL)
_NO_NAMES = re.compile(
    r"""
      "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | `[^`]*`   # texts
    | \[[^\]]*\]                                        # ranges
    | \b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SELECTION = re.compile(r"\{[^}]*\}")
_NAME = re.compile(r"(?<![\w:.])[a-zA-Z_:][\w:]*(?![\w:]|\s*\()")
_WORDS = frozenset(
    {"and", "or", "unless", "atan2", "offset", "bool", "inf", "nan", "by", "without", "on"}
    | {"ignoring", "group_left", "group_right", "start", "end"}
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of a query."""

    query: dashboard_queries.Query
    state: str
    reason: str = ""


def check(state: pathlib.Path) -> list[Finding]:
    """Ask every query of the dashboards that were published in the run with this state.

    Raises:
        LocalError: there is no dashboard or no Prometheus.
    """
    folder = state / "services"
    asked = [query for bag in _published(folder) for query in dashboard_queries.queries(bag)]
    if not asked:
        raise errors.LocalError(
            "no dashboard is published: `paas-app-charmer integrate grafana-dashboard`"
        )
    server = _Server(_address(folder))
    return [_judge(query, server) for query in asked]


def _published(folder: pathlib.Path) -> Iterator[Mapping[str, str]]:
    for path in sorted(folder.glob(f"*/{grafana_dashboard.PUBLISHED}")):
        yield json.loads(path.read_text(encoding="utf-8"))["app"]


def _address(folder: pathlib.Path) -> str:
    found = sorted(folder.glob(f"*/{prometheus_scrape.CONFIGURATION}"))
    if not found:
        raise errors.LocalError(
            "there is no Prometheus to ask: `paas-app-charmer integrate metrics-endpoint`"
        )
    port = found[0].with_name("port").read_text(encoding="utf-8").strip()
    return f"http://{ports.LOOPBACK}:{port}"


def metrics(expression: str) -> list[str]:
    """Name the metrics that an expression of Prometheus' language selects."""
    plain = _SELECTION.sub(" ", _NO_NAMES.sub(" ", expression))
    names = (name for name in _NAME.findall(plain) if name.lower() not in _WORDS)
    return list(dict.fromkeys(names))


def _judge(query: dashboard_queries.Query, server: _Server) -> Finding:
    if query.source != "prometheus":
        return Finding(query=query, state=NOT_CHECKED, reason=f"it asks {query.source}")
    is_list = query.panel.startswith(dashboard_queries.LIST)
    choices = _CHOICES.fullmatch(query.text) if is_list else None
    if is_list and not choices:
        return Finding(query=query, state=NOT_CHECKED, reason="it is not made by label_values")
    try:
        if choices:
            has_data = server.has_label(choices["label"], choices["of"] or "")
        else:
            has_data = server.has_data(query.text)
    except ValueError as error:
        return Finding(query=query, state=REFUSED, reason=str(error))
    if has_data:
        return Finding(query=query, state=DATA)
    selected = metrics(choices["of"] or "" if choices else query.text)
    missing = [name for name in selected if not server.exposes(name)]
    if missing:
        reason = f"nothing exposes {', '.join(missing)}"
        return Finding(query=query, state=NO_METRIC, reason=reason)
    return Finding(query=query, state=NO_MATCH, reason="the metric is there, but not for this")


class _Server:
    """A Prometheus."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.exposes = functools.cache(self._exposes)

    def _exposes(self, metric: str) -> bool:
        return self.has_data(f'count({{__name__="{metric}"}})')

    def has_data(self, expression: str) -> bool:
        """Tell whether an expression has a value now. Raises ValueError if it is refused."""
        data = self._ask("query", query=expression)
        if data["resultType"] != "vector":
            return True  # a number has a value whatever is exposed
        return any(not math.isnan(float(sample["value"][1])) for sample in data["result"])

    def has_label(self, label: str, selector: str) -> bool:
        """Tell whether a label has a value, in what is selected if something is."""
        selected = {"match[]": selector.strip()} if selector.strip() else {}
        return bool(self._ask(f"label/{label}/values", **selected))

    def _ask(self, path: str, **query: str) -> typing.Any:
        address = f"{self._address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(address, timeout=_TIMEOUT) as answer:  # noqa: S310  ours
                return json.load(answer)["data"]
        except urllib.error.HTTPError as refusal:
            raise ValueError(json.load(refusal).get("error", "")) from None
        except (OSError, http.client.HTTPException) as error:
            raise errors.LocalError(
                f"Prometheus does not answer at {self._address}: does the application run?"
            ) from error
