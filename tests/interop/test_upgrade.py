"""An upgrade from the library before this one: it runs first, and ours takes over what it left."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import sys
import warnings
from typing import Any

import calls
import conftest
import ops
import ops.testing
import pytest
import upgrades
from counterparts import older

from paas_app_charmer import django, flask

OURS = {"flask": flask.Charm, "django": django.Charm}
REQUIRES = {**upgrades.POSTGRESQL, "s3": {"interface": "s3", "optional": True}}
WORKERS = {"mail-worker": conftest.WORKER, "night-scheduler": conftest.WORKER}
LOKI = {0: {"endpoint": '{"url": "http://loki:3100/loki/api/v1/push"}'}}


@pytest.fixture(scope="session")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The older library's charms by framework."""
    lib = tmp_path_factory.mktemp("older") / "lib"
    older.fetch(lib)
    sys.path.append(str(lib))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import paas_charm.django  # noqa: PLC0415 - it was not there before
        import paas_charm.flask  # noqa: PLC0415
    return {"flask": paas_charm.flask.Charm, "django": paas_charm.django.Charm}


@pytest.fixture(params=OURS)
def framework(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def app(theirs: dict[str, Any], tmp_path: pathlib.Path, framework: str) -> conftest.Deployment:
    """An application that the older charm has brought to rest, with backing services."""
    return run_older(theirs, tmp_path, framework)


def run_older(
    theirs: dict[str, Any], folder: pathlib.Path, framework: str, **changes: Any
) -> conftest.Deployment:
    app = upgrades.deploy(
        folder,
        framework=framework,
        charm=theirs[framework],
        requires=REQUIRES,
        relations=[
            ops.testing.PeerRelation("secret-storage", peers_data={}),
            upgrades.database(),
            ops.testing.Relation(
                "s3", remote_app_data={"access-key": "a", "secret-key": "s", "bucket": "b"}
            ),
            ops.testing.Relation("ingress", remote_app_data={"ingress": '{"url": "http://x/y"}'}),
            ops.testing.Relation("logging", remote_units_data=LOKI),
            ops.testing.Relation("metrics-endpoint"),
        ],
        services=WORKERS,
        **changes,
    )
    upgrades.script(app, framework)
    on = app.context.on
    app.run(on.relation_created(app.state.get_relations("secret-storage")[0]))
    app.run(on.pebble_ready(app.state.get_container(app.container)))
    for endpoint in ("postgresql", "s3", "ingress", "logging", "metrics-endpoint"):
        for event in (on.relation_created, on.relation_joined, on.relation_changed):
            app.run(event(app.state.get_relations(endpoint)[0]))
    assert app.run().unit_status == ops.ActiveStatus()
    return app


def upgrade(app: conftest.Deployment, framework: str) -> conftest.Deployment:
    """Put our charm in the place of theirs, in the same container."""
    ours = upgrades.deploy(
        app.folder.parent, framework=framework, requires=REQUIRES, services=WORKERS
    )
    return dataclasses.replace(app, context=ours.context)


def variables(app: conftest.Deployment, framework: str) -> dict[str, str]:
    return app.state.get_container(app.container).plan.services[framework].environment


def test_the_state_that_other_tests_start_from_is_the_real_one(theirs, tmp_path, framework):
    real = upgrades.deploy(
        tmp_path, framework=framework, charm=theirs[framework], services=WORKERS, related=True
    )
    made = upgrades.deploy(tmp_path / "made", framework=framework, services=WORKERS, related=True)
    for one in (real, made):
        upgrades.script(one, framework)
    upgrades.run_older(made, framework, migration="COMPLETED")
    real.run(real.context.on.relation_changed(real.state.get_relations("postgresql")[0]))

    assert files(real) == files(made)
    ours, others = (one.state.get_container(one.container) for one in (made, real))
    assert others.plan.to_dict() == ours.plan.to_dict()
    assert others.service_statuses == ours.service_statuses


def files(app: conftest.Deployment) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(app.folder.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            name = str(path.relative_to(app.folder))
            found[name] = json.loads(text) if path.suffix == ".json" else text
    return found


@pytest.mark.parametrize("event", ["upgrade_charm", "config_changed"])
def test_it_is_taken_over_by_one_reload(app, framework, event, monkeypatch):
    key = app.state.get_relations("secret-storage")[0].local_app_data[f"{framework}_secret_key"]
    ours = upgrade(app, framework)
    seen = calls.record(monkeypatch)

    ours.run(getattr(ours.context.on, event)())

    assert ours.state.unit_status == ops.ActiveStatus()
    assert variables(ours, framework)[f"{framework.upper()}_SECRET_KEY"] == key
    assert seen.signals() == [("SIGHUP", [framework])]
    scripts = {"manage.py", "migrate.sh"}
    run = [call.args[0] for call in seen.of("exec")]
    assert not any(scripts & set(argv) for argv in run), "it migrated a second time"


def test_the_next_event_does_nothing(app, framework, monkeypatch):
    ours = upgrade(app, framework)
    ours.run(ours.context.on.upgrade_charm())
    seen = calls.record(monkeypatch)

    ours.run()

    assert seen.writes() == []


def test_every_variable_that_it_gave_is_given_on(app, framework):
    before = variables(app, framework)
    ours = upgrade(app, framework)

    ours.run(ours.context.on.upgrade_charm())

    after = variables(ours, framework)
    hosts = "DJANGO_ALLOWED_HOSTS"  # which has the addresses of the unit as well now
    assert before.pop(hosts, "[]").strip("[]") in after.get(hosts, "")
    assert before.items() <= after.items()


def test_log_lines_are_sent_once_to_each_place(app, framework):
    ours = upgrade(app, framework)

    ours.run(ours.context.on.upgrade_charm())

    targets = ours.state.get_container(ours.container).plan.log_targets.values()
    assert [target.location for target in targets if target.services == ["all"]] == [
        "http://loki:3100/loki/api/v1/push"
    ]


@pytest.mark.parametrize(
    ("endpoint", "keys"),
    [
        ("postgresql", {"database"}),
        ("s3", {"bucket"}),
        ("ingress", {"model", "name", "port", "strip-prefix"}),
    ],
)
def test_what_neighbours_were_asked_for_stays(app, framework, endpoint, keys):
    before = app.state.get_relations(endpoint)[0].local_app_data
    ours = upgrade(app, framework)

    ours.run(ours.context.on.upgrade_charm())

    after = ours.state.get_relations(endpoint)[0].local_app_data
    assert {key: after.get(key) for key in keys} == {key: before[key] for key in keys}


def test_the_older_charm_can_come_back_while_a_unit_still_runs_it(theirs, tmp_path, framework):
    app = run_older(theirs, tmp_path, framework)
    peers = app.state.get_relations("secret-storage")[0]
    app.state = dataclasses.replace(
        app.state, relations=upgrades.replaced(app, peers, peers_data={1: {}})
    )
    key = variables(app, framework)[f"{framework.upper()}_SECRET_KEY"]
    ours = upgrade(app, framework)
    ours.run(ours.context.on.upgrade_charm())

    app.state = ours.state
    app.run()

    assert app.state.unit_status == ops.ActiveStatus()
    assert variables(app, framework)[f"{framework.upper()}_SECRET_KEY"] == key
