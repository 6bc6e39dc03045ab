"""The charms that faults are tried on: both frameworks, both generations, and an old Juju."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from typing import Any

import conftest
import ops.testing

from . import neighbours

PACKED = 1_700_000_000
"""When the rock was made."""
WORKER = "orders-worker"
SERVICES = {
    WORKER: {"override": "replace", "startup": "enabled", "command": "python3 work.py"},
    "daily-scheduler": {"override": "replace", "startup": "enabled", "command": "python3 day.py"},
    "by-hand": {"override": "replace", "startup": "disabled", "command": "sleep inf"},
}
OPTIONS: dict[str, dict[str, Any]] = {
    "greeting": {"type": "string"},
    "number": {"type": "int", "default": 3},
    "flag": {"type": "boolean"},
    "must": {"type": "string", "optional": False},
}
SECRET_OPTION = {"api": {"type": "secret"}}
VALUES: dict[str, tuple[object, ...]] = {
    "greeting": ("hello", "", "two\nlines", "é ☃", "a 'b' \"c\" \\ d", " room ", "x" * 5000, "\0"),
    "number": (4, -1, 0),
    "flag": (True, False),
    "must": ("there", ""),
    "webserver-workers": (1, 4, 0),
    "webserver-threads": (2, -3),
    "webserver-timeout": (60,),
    "webserver-worker-class": ("sync", "gevent", "eventlet"),
    "flask-env": ("staging", ""),
    "flask-preferred-url-scheme": ("http", "gopher"),
    "django-debug": (True,),
    "django-allowed-hosts": ("a.example, b.example", ","),
}
"""What an operator may set, the last ones of some options being refused."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kind:
    """A charm, and which unit of it is looked at."""

    framework: str
    base: str
    interfaces: tuple[str, ...]
    """Of the endpoints that the author adds; the first is required."""
    unit: int = 0
    juju: str = "3.6.0"
    paas_config: str = ""
    migration: str = "migrate.sh"
    gap: str = "0s"

    def __str__(self) -> str:
        return f"{self.framework} {self.base.partition('@')[2]} juju {self.juju}"

    @property
    def leader_migrates(self) -> bool:
        return "run-on: leader" in self.paas_config

    @property
    def has_secrets(self) -> bool:
        return not self.juju.startswith("2.")

    def deploy(self, folder: pathlib.Path, **state: Any) -> conftest.Deployment:
        """Return it with a container that has just come up."""
        folder.mkdir(parents=True, exist_ok=True)
        secret_options = SECRET_OPTION if self.has_secrets else {}
        requires = {
            neighbours.one_of(name).endpoint: {"interface": name, "optional": number > 0}
            for number, name in enumerate(self.interfaces)
        }
        peers = "peers" if self.base.endswith("26.04") else "secret-storage"
        state.setdefault("relations", [ops.testing.PeerRelation(peers)])
        deployed = conftest.deploy(
            folder,
            framework=self.framework,
            base=self.base,
            requires=requires,
            options={**OPTIONS, **secret_options},
            services=SERVICES,
            juju=self.juju,
            unit=self.unit,
            paas_config=f"change: {{spread: 20ms, gap: {self.gap}}}\n{self.paas_config}",
            **state,
        )
        script = deployed.folder / self.framework / "app" / self.migration
        script.touch()
        os.utime(script, (PACKED, PACKED))
        return deployed


KINDS = (
    Kind(
        framework="flask",
        base="ubuntu@24.04",
        interfaces=("postgresql_client", "redis", "s3", "smtp", "saml", "oauth"),
    ),
    Kind(
        framework="flask",
        base="ubuntu@26.04",
        interfaces=("mongodb_client", "rabbitmq", "openfga", "http_proxy"),
        unit=1,
        paas_config="port: 8080\nmetrics_port: 9000\nframework_logging_format: json\n"
        "migration: {run-on: leader}\n",
    ),
    Kind(
        framework="django",
        base="ubuntu@24.04",
        interfaces=("postgresql_client", "redis", "smtp"),
        unit=1,
        migration="manage.py",
        gap="60s",
    ),
    Kind(
        framework="django",
        base="ubuntu@26.04",
        interfaces=("postgresql_client", "s3", "oauth"),
    ),
    Kind(
        framework="flask",
        base="ubuntu@24.04",
        interfaces=("redis", "s3", "rabbitmq"),
        juju="2.9.49",
    ),
)
