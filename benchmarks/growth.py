"""What an event that changes nothing costs an application with many units or many endpoints.

No machine holds a thousand units, so Juju is the one of ops.testing here: no process, no socket.
What that takes itself is told by a charm that does nothing.
"""

from __future__ import annotations

import dataclasses
import pathlib
import statistics
import time
from collections.abc import Iterable, Mapping
from typing import Any

import ops
import ops.testing
import yaml

from paas_app_charmer import flask, integration, metadata

from . import report

TARGET = 2.0
"""The most that the largest may take, by the smallest."""
PEERS = (1, 10, 100, 1000)
ENDPOINTS = (1, 5, 9, 13, 17)
INGRESS = '{"url": "http://203.0.113.7/bench-postcards"}'
_APP = "postcards"
_SERVICE: dict[str, str] = {
    "override": "replace",
    "startup": "enabled",
    "command": "/bin/python3 -m gunicorn -c /flask/gunicorn.conf.py app:app -k [ sync ]",
}

Row = tuple[str, ...]


class Empty(ops.CharmBase):
    """Has one handler, which does nothing."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        framework.observe(self.on.config_changed, self._on_config_changed)

    def _on_config_changed(self, _: ops.EventBase) -> None:
        pass


CHARMS = (Empty, flask.Charm)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """A charm and the state that its next event finds."""

    context: ops.testing.Context[Any]
    state: ops.testing.State

    def milliseconds(self) -> float:
        """Return the processor time of an event."""
        begun = time.process_time()
        self.context.run(self.context.on.config_changed(), self.state)
        return 1000 * (time.process_time() - begun)


def measure(folder: pathlib.Path, *, quick: bool) -> report.Table:
    """Count up the other units, then the endpoints that are related."""
    repeats = 5 if quick else 21
    peers = {size: (size, 1) for size in PEERS}
    endpoints = {size: (1, size) for size in ENDPOINTS}
    rows = [
        *_rows("peers", peers, folder / "peers", repeats),
        *_rows("endpoints", endpoints, folder / "endpoints", repeats),
    ]
    return report.Table(
        title="Events that change nothing, in larger and larger models",
        columns=("of", "number", "empty charm", "Flask charm", "by the first", "target", ""),
        rows=rows,
        notes=[
            f"config-changed in ops.testing, processor time, medians of {repeats}.",
            "paas-charm is flat as well: 34 to 42 ms from 1 to 1000 peers.",
        ],
    )


def _rows(
    kind: str, sizes: Mapping[int, tuple[int, int]], folder: pathlib.Path, repeats: int
) -> Iterable[Row]:
    places = [
        [_settled(charm, folder / f"{charm.__name__}-{size}", *counts) for charm in CHARMS]
        for size, counts in sizes.items()
    ]
    # In turns, so that what else the machine does falls on all alike.
    rounds = [[[one.milliseconds() for one in pair] for pair in places] for _ in range(repeats)]
    for index, size in enumerate(sizes):
        empty, ours = ([run[index][which] for run in rounds] for which in (0, 1))
        ratio = statistics.median(run[index][1] / run[0][1] for run in rounds)
        times = (report.median(empty, "ms"), report.median(ours, "ms"))
        verdict = report.verdict(ratio, TARGET)
        yield (kind, str(size), *times, f"{ratio:.2f}", f"{TARGET:.0f}", verdict)


def _settled(
    charm: type[ops.CharmBase], folder: pathlib.Path, peers: int, endpoints: int
) -> Place:
    """Return a charm whose next event finds nothing to do."""
    known = sorted(integration.every(), key=lambda one: (one.base_url is None, one.interface))
    chosen = known[:endpoints]
    derived = metadata.derive(flask.SPEC, first_generation=True)
    config, actions = derived.pop("config"), derived.pop("actions")
    provided = {one["interface"] for one in derived["provides"].values()}
    derived["requires"] = {
        one.endpoint: {"interface": one.interface, "optional": True}
        for one in known
        if one.interface not in provided
    }
    context: Any = ops.testing.Context(
        charm,
        meta={"name": _APP, **derived},
        config=config,
        actions=actions,
        app_name=_APP,
        charm_root=_made(folder / "charm"),  # where rules and dashboards are kept encoded
    )
    relations: list[Any] = [
        ops.testing.Relation(
            one.endpoint, remote_app_data={"ingress": INGRESS} if one.base_url else {}
        )
        for one in chosen
    ]
    state = ops.testing.State(
        leader=True,
        model=ops.testing.Model("bench", type="kubernetes"),
        containers=[_container(folder)],
        relations=[
            ops.testing.PeerRelation(
                next(iter(derived["peers"])), peers_data={n: {} for n in range(1, peers + 1)}
            ),
            *relations,
        ],
    )
    for _ in range(2):
        state = context.run(context.on.config_changed(), state)
    if charm is not Empty and state.unit_status != ops.ActiveStatus():
        raise SystemExit(f"the charm does not run: {state.unit_status}")
    return Place(context=context, state=state)


def _container(folder: pathlib.Path) -> ops.testing.Container:
    places = {name: _made(folder / name) for name in ("tmp", "flask")}
    _made(folder / "flask" / "app")
    rock = ops.pebble.Layer(yaml.safe_dump({"services": {"flask": _SERVICE}}))
    return ops.testing.Container(
        "flask-app",
        can_connect=True,
        layers={"001-rock": rock},
        mounts={
            name: ops.testing.Mount(location=f"/{name}", source=place)
            for name, place in places.items()
        },
        execs={ops.testing.Exec([], return_code=0)},
    )


def _made(folder: pathlib.Path) -> pathlib.Path:
    folder.mkdir(parents=True)
    return folder
