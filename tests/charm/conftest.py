"""Charms of each generation, in the state that Juju and a rock would put them in."""

from __future__ import annotations

import dataclasses
import importlib
import pathlib
from typing import Any

import ops
import ops.testing
import pytest

from paas_app_charmer import frameworks
from paas_app_charmer import project as projects
from paas_app_charmer.suites import charm as suite

CHECK = (
    "/bin/python3",
    "-m",
    "gunicorn",
    "-c",
    "/flask/gunicorn.conf.py",
    "app:app",
    "-k",
    "sync",
)
WORKER = {
    "override": "replace",
    "startup": "enabled",
    "user": "_daemon_",
    "command": "python3 w.py",
}
METADATA = ("containers", "resources", "peers", "requires", "provides")
EMPTY = projects.Project(paths=frozenset(), texts={})


def rock(framework: str, **services: dict[str, Any]) -> ops.pebble.Layer:
    """Return the layer that the rock of a framework carries."""
    command = f"/bin/python3 -m gunicorn -c /{framework}/gunicorn.conf.py 'app:app' -k [ sync ]"
    main = {
        "override": "replace",
        "startup": "enabled",
        "user": "_daemon_",
        "after": ["statsd-exporter"],
        "command": command,
        "environment": {"FROM_THE_ROCK": "kept"},
    }
    exporter = {
        "override": "merge",
        "startup": "enabled",
        "user": "_daemon_",
        "command": "/bin/statsd_exporter --statsd.mapping-config=/statsd-mapping.conf "
        "--statsd.listen-udp=localhost:9125 --statsd.listen-tcp=localhost:9125",
    }
    return ops.pebble.Layer(
        {"services": {framework: main, "statsd-exporter": exporter, **services}}
    )


def plain_rock(framework: str, command: str, **services: dict[str, Any]) -> ops.pebble.Layer:
    """Return the layer of a rock whose application offers its metrics by itself."""
    main = {
        "override": "replace",
        "startup": "enabled",
        "user": "_daemon_",
        "command": command,
        "working-dir": "/app",
        "environment": {"FROM_THE_ROCK": "kept"},
    }
    return ops.pebble.Layer({"services": {framework: main, **services}})


@dataclasses.dataclass
class Deployment:
    """A charm in its context, with the state that the next event finds."""

    context: ops.testing.Context[Any]
    state: ops.testing.State
    container: str
    folder: pathlib.Path
    """What the container's file system holds."""
    framework: str

    def run(self, event: Any = None, **changes: Any) -> ops.testing.State:
        """Let an event happen (config-changed by default) and go on from what it left."""
        self.state = dataclasses.replace(self.state, **changes)
        self.state = self.context.run(event or self.context.on.config_changed(), self.state)
        return self.state

    def set_container(self, **changes: Any) -> None:
        """Change the container that the next event finds."""
        changed = dataclasses.replace(self.state.get_container(self.container), **changes)
        others = [c for c in self.state.containers if c.name != self.container]
        self.state = dataclasses.replace(self.state, containers=[changed, *others])

    @property
    def environment(self) -> dict[str, str]:
        """What the main service is given by the plan."""
        plan = self.state.get_container(self.container).plan
        return plan.services[self.framework].environment

    @property
    def settings(self) -> str:
        """The text of gunicorn's configuration."""
        return (self.folder / self.framework / "gunicorn.conf.py").read_text(encoding="utf-8")


def deploy(  # noqa: PLR0913 - each test names the two or three that it is about
    tmp_path: pathlib.Path,
    *,
    framework: str = "flask",
    base: str = "ubuntu@24.04",
    requires: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    services: dict[str, dict[str, Any]] | None = None,
    layer: ops.pebble.Layer | None = None,
    charm: type[ops.CharmBase] | None = None,
    paas_config: str | None = None,
    juju: str = "3.6.0",
    unit: int = 0,
    **state: Any,
) -> Deployment:
    """Return a charm of a framework whose container is ready and whose peers are there."""
    author = {
        "base": base,
        "extensions": [f"{framework}-framework"],
        "requires": requires or {},
        "config": {"options": options or {}},
    }
    project = suite.expand(EMPTY, author).content
    root = tmp_path / "charm"
    root.mkdir(exist_ok=True)
    if paas_config is not None:
        (root / "paas-config.yaml").write_text(paas_config, encoding="utf-8")
    spec = frameworks.find(framework)
    assert spec is not None
    context = ops.testing.Context(
        charm or _charm_of(framework),
        meta={"name": f"{framework}-k8s", **{key: project[key] for key in METADATA}},
        config=project["config"],
        actions=project["actions"],
        charm_root=root,
        juju_version=juju,
        app_name=f"{framework}-k8s",
        unit_id=unit,
    )
    name = next(iter(project["containers"]))
    mounts: dict[str, ops.testing.Mount] = {}
    folder = tmp_path / "container"
    for place in ("tmp", spec.base_dir.strip("/"), "var/log"):
        (folder / place).mkdir(parents=True, exist_ok=True)
        mounts[place.replace("/", "-")] = ops.testing.Mount(
            location=f"/{place}", source=folder / place
        )
    (folder / spec.app_dir.strip("/")).mkdir(exist_ok=True)
    container = ops.testing.Container(
        name,
        can_connect=True,
        layers={"001-rock": layer or rock(framework, **(services or {}))},
        mounts=mounts,
        execs={ops.testing.Exec([], return_code=0)},
    )
    defaults: dict[str, Any] = {
        "leader": True,
        "containers": [container],
        "relations": [ops.testing.PeerRelation(next(iter(project["peers"])))],
        "model": ops.testing.Model("test-model", type="kubernetes"),
    }
    found = ops.testing.State(**{**defaults, **state})
    return Deployment(context, found, name, folder, framework)


def _charm_of(framework: str) -> type[ops.CharmBase]:
    module = importlib.import_module(f"paas_app_charmer.{framework.replace('-', '')}")
    return module.Charm


@pytest.fixture(autouse=True)
def no_model_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxy settings are nobody's business here."""
    for name in ("HTTP", "HTTPS", "NO"):
        monkeypatch.delenv(f"JUJU_CHARM_{name}_PROXY", raising=False)
