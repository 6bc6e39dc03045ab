"""What Prometheus is configured with for one relation, as the charm of Prometheus does it.

Here units share a machine. What the leader publishes as the port of every unit is its own, so a
port that some unit was given for a purpose means, for each unit, its port for that purpose.
"""

from __future__ import annotations

import json
import re
import typing

from paas_app_charmer.local import ports

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from . import Databag, Request

    Job: typing.TypeAlias = dict[str, typing.Any]

_TAKEN = frozenset(
    {
        *("job_name", "metrics_path", "scrape_interval", "scrape_timeout", "proxy_url"),
        *("relabel_configs", "metric_relabel_configs", "sample_limit", "label_limit"),
        *("label_name_length_limit", "label_value_length_limit", "scheme", "basic_auth"),
        *("tls_config", "authorization", "params"),
    }
)
"""What a job may say; the charm drops the rest."""
_TOPOLOGY = {
    "model": "juju_model",
    "model_uuid": "juju_model_uuid",
    "application": "juju_application",
    "charm_name": "juju_charm",
}
_INSTANCE = ("juju_model", "juju_model_uuid", "juju_application")
_METRICS = "/metrics"
_TARGET = re.compile(r"(?P<host>.*?)(?::(?P<port>\d+))?")


def jobs(request: Request) -> list[Job]:
    """Return the scrape configurations for what a charm has published; none if it is incomplete.

    Raises:
        ValueError: it is not what the protocol says.
    """
    published: typing.Any = json.loads(request.app.get("scrape_jobs") or "[]")
    metadata: typing.Any = json.loads(request.app.get("scrape_metadata") or "{}")
    try:
        identifier = "_".join(
            (metadata["model"], metadata["model_uuid"][:8], metadata["application"])
        )
        labels = {label: metadata[key] for key, label in _TOPOLOGY.items()}
        found = [job for one in published for job in _expanded(one, labels, request)]
    except (AttributeError, KeyError, TypeError) as error:
        if not request.app:
            return []
        raise ValueError(f"scrape_jobs or scrape_metadata is not as agreed: {error}") from None
    return list(_with_names(found, f"juju_{identifier}_prometheus_scrape"))


def rules(request: Request) -> str:
    """Return the content of a rule file, empty if there is none."""
    text = request.app.get("alert_rules", "")
    return "" if text in {"", "{}"} else text


def _expanded(job: Mapping[str, typing.Any], labels: Databag, request: Request) -> Iterator[Job]:
    """Make of all wildcards a job, and of the other targets another one.

    The charm makes a job of each unit. Prometheus goes on showing the last values of a job that is
    gone, for five minutes, but not those of a target.
    """
    common = {key: value for key, value in job.items() if key in _TAKEN}
    path = job.get("metrics_path") or _METRICS
    wild: list[Job] = []
    fixed: list[Job] = []
    for static in job.get("static_configs", []):
        own: Mapping[str, str] = static.get("labels", {})
        others = [target for target in static["targets"] if not target.startswith("*")]
        if others:
            targets = [_by_name(target, request) for target in others]
            fixed.append({"targets": targets, "labels": {**labels, **own}})
        for unit, bag in _numbered(request):
            found = (
                _of_unit(target, unit, request)
                for target in static["targets"]
                if target.startswith("*")
            )
            targets = list(filter(None, found))
            if targets:
                prefix = bag.get("prometheus_scrape_unit_path", "")
                place = {"juju_unit": unit, "__metrics_path__": prefix + path}
                wild.append({"targets": targets, "labels": {**labels, **place, **own}})
    for static_configs, source in (
        (wild, (*_INSTANCE, "juju_unit")),
        (fixed, _INSTANCE),
    ):
        if static_configs:
            yield {
                **common,
                "metrics_path": path,
                "static_configs": static_configs,
                "relabel_configs": [*job.get("relabel_configs", []), _renamed(source)],
            }


def _renamed(source: Iterable[str]) -> Job:
    """Let the name of an instance outlive its address."""
    return {
        "source_labels": list(source),
        "separator": "_",
        "target_label": "instance",
        "regex": "(.*)",
    }


def _numbered(request: Request) -> list[tuple[str, Databag]]:
    """Return the units that have published something and are not about to go."""
    there = ((unit, bag) for unit, bag in request.units.items() if unit in request.ports)
    return sorted(there, key=lambda item: int(item[0].rpartition("/")[2]))


def _of_unit(target: str, unit: str, request: Request) -> str:
    """Return where a target of every unit is for one; empty if another unit has it."""
    port = _port(target)
    purpose = _purpose(port, request)
    if purpose:
        return f"{ports.LOOPBACK}:{request.ports[unit][purpose]}"
    # A fixed port can be had once on a machine, and who comes first has it.
    first = _numbered(request)[0][0]
    return f"{ports.LOOPBACK}:{port}" if unit == first else ""


def _by_name(target: str, request: Request) -> str:
    """Lead the name of a unit, which nothing here resolves, to where the unit is."""
    host = target.partition(":")[0]
    for unit, bag in _numbered(request):
        if host == bag.get("prometheus_scrape_unit_fqdn"):
            purpose = _purpose(_port(target), request)
            port = request.ports[unit][purpose] if purpose else _port(target)
            return f"{ports.LOOPBACK}:{port}"
    return target


def _purpose(port: int, request: Request) -> str:
    return next(
        (
            purpose
            for given in request.ports.values()
            for purpose, number in given.items()
            if number == port
        ),
        "",
    )


def _port(target: str) -> int:
    found = _TARGET.fullmatch(target)
    return int(found["port"] or 80) if found else 80


def _with_names(found: Iterable[Job], prefix: str) -> Iterator[Job]:
    for number, job in enumerate(found):
        parts = (prefix, job.get("job_name"), str(number))
        yield {**job, "job_name": "_".join(filter(None, parts))}
