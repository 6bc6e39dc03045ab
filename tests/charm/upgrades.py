"""The state that the library before this one leaves. tests/interop makes the same with itself."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import conftest
import ops
import ops.testing

KEY = "the-key-of-the-older-charm"
DATA = {"endpoints": "db:5432", "username": "u", "password": "letmein", "database": "shop"}
POSTGRESQL = {"postgresql": {"interface": "postgresql_client", "optional": True}}

TO_1_5 = "{framework}/state"
FROM_1_6 = "tmp/{framework}/state"


def database(**data: str) -> ops.testing.Relation:
    return ops.testing.Relation("postgresql", remote_app_data={**DATA, **data})


def peers(framework: str, endpoint: str, *others: int, **marks: str) -> ops.testing.PeerRelation:
    """Return the relation of the units, with the key where the older charm keeps it."""
    return ops.testing.PeerRelation(
        endpoint,
        local_app_data={f"{framework}_secret_key": KEY},
        local_unit_data=marks,
        peers_data={number: {} for number in others},
    )


def deploy(
    tmp_path: Any,
    *,
    framework: str = "flask",
    base: str = "ubuntu@24.04",
    others: tuple[int, ...] = (),
    related: bool = False,
    **changes: Any,
) -> conftest.Deployment:
    """Return a deployment with its key in the databag, and nothing left in the container yet."""
    tmp_path.mkdir(exist_ok=True)
    endpoint = "peers" if base == "ubuntu@26.04" else "secret-storage"
    relations = [peers(framework, endpoint, *others)]
    if framework == "django" or related:
        relations.append(database())
    options: dict[str, Any] = {"requires": POSTGRESQL, "relations": relations, **changes}
    return conftest.deploy(tmp_path, framework=framework, base=base, **options)


def run_older(
    app: conftest.Deployment,
    framework: str = "flask",
    *,
    state: str = FROM_1_6,
    migration: str | None = None,
    environment: dict[str, str] | None = None,
    stopped: tuple[str, ...] = (),
    command: str = "",
) -> None:
    """Leave what the older charm leaves when all is well: it runs the application."""
    container = app.state.get_container(app.container)
    services = {name: one.to_dict() for name, one in container.plan.services.items()}
    folder = app.folder / state.format(framework=framework)
    folder.mkdir(parents=True)
    (folder / "original-services.json").write_text(json.dumps(services), encoding="utf-8")
    if migration is not None:
        (folder / "database-migration-status").write_text(migration, encoding="utf-8")
    given = variables(app, framework) if environment is None else environment
    for name, service in services.items():
        if name == framework:
            service["override"] = "replace"
            service["command"] = command or service["command"]
        if name == framework or name.endswith(("-worker", "-scheduler")):
            service["environment"] = given
        if name.endswith("-scheduler") and app.context.unit_id != 0:
            service.pop("environment")
            service["startup"] = "disabled"
    (app.folder / framework / "gunicorn.conf.py").write_text(settings(framework), encoding="utf-8")
    active, inactive = ops.pebble.ServiceStatus.ACTIVE, ops.pebble.ServiceStatus.INACTIVE
    app.set_container(
        layers={**container.layers, "charm": ops.pebble.Layer({"services": services})},
        service_statuses={
            name: active if one["startup"] == "enabled" and name not in stopped else inactive
            for name, one in services.items()
        },
    )


def variables(app: conftest.Deployment, framework: str) -> dict[str, str]:
    """Return the variables that the older charm gives."""
    prefix = framework.upper()
    name = f"{framework}-k8s.test-model"
    given = {f"{prefix}_BASE_URL": f"http://{name}:8000", f"{prefix}_SECRET_KEY": KEY}
    if framework == "flask":
        given["FLASK_PREFERRED_URL_SCHEME"] = "HTTPS"
    else:
        given |= {"DJANGO_DEBUG": "false", "DJANGO_ALLOWED_HOSTS": f'["{name}"]'}
    if app.state.get_relations("postgresql"):
        given |= {
            "POSTGRESQL_DB_CONNECT_STRING": "postgresql://u:letmein@db:5432/shop",
            "POSTGRESQL_DB_SCHEME": "postgresql",
            "POSTGRESQL_DB_NETLOC": "u:letmein@db:5432",
            "POSTGRESQL_DB_PATH": "/shop",
            "POSTGRESQL_DB_PARAMS": "",
            "POSTGRESQL_DB_QUERY": "",
            "POSTGRESQL_DB_FRAGMENT": "",
            "POSTGRESQL_DB_USERNAME": "u",
            "POSTGRESQL_DB_PASSWORD": "letmein",
            "POSTGRESQL_DB_HOSTNAME": "db",
            "POSTGRESQL_DB_PORT": "5432",
            "POSTGRESQL_DB_NAME": "shop",
        }
    return given


def settings(framework: str) -> str:
    """Return the text of gunicorn's file."""
    return (
        "bind = ['0.0.0.0:8000']\n"
        f"chdir = '/{framework}/app'\n"
        "accesslog = '-'\n"
        "errorlog = '-'\n"
        "statsd_host = 'localhost:9125'"
    )


def script(app: conftest.Deployment, framework: str = "flask") -> None:
    """Bring a migration along with the rock."""
    name = "manage.py" if framework == "django" else "migrate.sh"
    (app.folder / framework / "app" / name).write_text("", encoding="utf-8")


def replaced(app: conftest.Deployment, relation: Any, **changes: Any) -> list[Any]:
    """Return the relations with one of them changed."""
    others = [one for one in app.state.relations if one.id != relation.id]
    return [*others, dataclasses.replace(relation, **changes)]
