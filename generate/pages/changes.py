"""What a change does to the processes, by asking the decision itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from paas_app_charmer import decide, facts, integration, options, paas_config, release

from .. import found, variables
from ..markdown import Page, code, table

_INTRO = """\
An event is compared with what the processes run with. What has not changed is left alone, and of
what has changed each process learns in the gentlest way that it understands. Nothing is done
before the web server's configuration passed its check and the migration, if an input of it
changed, succeeded; until then, and when one of them fails, what ran before goes on."""

_ACTIONS = (
    ("nothing", "they do not notice"),
    ("reload", "gunicorn starts new workers with the new settings and lets the old ones finish"),
    (
        "restart",
        (
            "the process is asked to end, has `change.graceful-timeout` for what is in flight, "
            "and starts anew; units do it in turn within `change.spread`"
        ),
    ),
    ("start", "the process was not there"),
)
_PRELOAD = """\
With `--preload` in the rock's command gunicorn loads the application before it forks. A reload
then has its master begin anew, in the same process and on the same socket, while the old workers
serve.

The server is restarted instead of reloaded where its command names another file than the charm's,
and when a variable changes that Python or gunicorn itself reads at the start (`PYTHON...`,
`GUNICORN_...`, `WEB_CONCURRENCY`)."""
_OTHERS = """\
Uvicorn, and programs that serve by themselves, take their environment when they start and never
again. For the web server of such an application every reload in the table is a restart. It lets
go of its port, finishes what it has begun, and is started anew; of several units one does so
after the other."""
_TYPES = """\
The worker and the scheduler stand for any services of the author's whose names end in `-worker`
and `-scheduler`; a scheduler runs on the first unit alone."""

_COMMAND = "/bin/python3 -m gunicorn -c /flask/gunicorn.conf.py 'app:app' -k [ sync ]"
_AUTHORS = {"override": "replace", "startup": "enabled", "command": "python3 run.py"}
_EXPORTER = {**_AUTHORS, "command": "/bin/statsd_exporter --statsd.listen-udp=localhost:9125"}
_COLUMNS = {
    "Web server": "flask",
    "Worker": "mail-worker",
    "Scheduler": "night-scheduler",
    "Exporter": "statsd-exporter",
}

Facts = facts.Facts[Any]
Change = Callable[[Facts], Facts]


def page() -> Page:
    """Return the page."""
    rows = [(name, *cells(change)) for name, change in CHANGES.items()]
    return Page(
        name="changes",
        title="Changes",
        about="What each change does to the processes of a unit: nothing, a reload or a restart.",
        sections=(
            _INTRO,
            table(("Action", "What happens to requests"), _ACTIONS),
            "## A Flask or Django application",
            table(("Change", *_COLUMNS, "Migration"), rows),
            _PRELOAD,
            _TYPES,
            "## Other applications",
            _OTHERS,
        ),
    )


def cells(change: Change, arguments: str = "") -> list[str]:
    """Return what a change does to each service, and whether the migration runs again."""
    before = _released(_seen(arguments))
    running = {one.name: one.running for one in before.services if one.running is not None}
    seen = _seen(arguments)
    settled = dataclasses.replace(
        _workload(arguments),
        active=frozenset(running),
        running=running,
        release=before.fingerprint,
        migrated=before.migration.fingerprint if before.migration else "",
    )
    after = _released(change(dataclasses.replace(seen, workload=settled)))
    actions = {one.name: one.action.value for one in after.services}
    migrates = (
        after.migration is not None
        and before.migration is not None
        and after.migration.fingerprint != before.migration.fingerprint
    )
    told = [*(actions[name] for name in _COLUMNS.values()), "runs" if migrates else "nothing"]
    if change is _new_rock:
        told[-1] = "runs"
    return told


def _seen(arguments: str) -> Facts:
    spec = found.specs()["flask"]
    return dataclasses.replace(
        variables.alone(spec),
        peers=(1,),
        workload=_workload(arguments),
        endpoints=(_endpoint("postgresql_client"), _endpoint("redis"), _endpoint("ingress")),
    )


def _workload(arguments: str) -> facts.Workload:
    web = {**_AUTHORS, "command": _COMMAND + arguments}
    services = {
        "flask": web,
        "mail-worker": _AUTHORS,
        "night-scheduler": _AUTHORS,
        "statsd-exporter": _EXPORTER,
    }
    return facts.Workload(
        services=services,
        files=frozenset({"app.py", "migrate.sh"}),
        modules=frozenset({"gevent"}),
    )


def _released(seen: Facts) -> release.Release:
    decision = decide.decide(found.specs()["flask"], seen)
    if isinstance(decision, release.Hold):
        raise TypeError(decision.message)
    return decision


def _endpoint(interface: str) -> facts.Endpoint:
    one = integration.find(interface)
    if one is None:
        raise LookupError(interface)
    return variables.endpoint(one)


def _given(interface: str, **changes: object) -> Change:
    """Let the provider of an integration publish other data, or appear."""

    def change(seen: Facts) -> Facts:
        one = _endpoint(interface)
        if one.data is None:
            raise TypeError(interface)
        data = one.data.model_copy(update=changes)
        others = (e for e in seen.endpoints if e.name != one.name)
        changed = dataclasses.replace(one, data=data)
        return dataclasses.replace(seen, endpoints=(*others, changed))

    return change


def _gone(interface: str) -> Change:
    def change(seen: Facts) -> Facts:
        left = (e for e in seen.endpoints if e.integration.interface != interface)
        return dataclasses.replace(seen, endpoints=tuple(left))

    return change


def _option(**values: object) -> Change:
    def change(seen: Facts) -> Facts:
        model = found.specs()["flask"].options
        chosen = model.model_validate({k.replace("_", "-"): v for k, v in values.items()})
        return dataclasses.replace(seen, options=chosen)

    return change


def _config(content: Mapping[str, object]) -> Change:
    def change(seen: Facts) -> Facts:
        return dataclasses.replace(seen, config=paas_config.PaasConfig.model_validate(content))

    return change


def _facts(**changes: Any) -> Change:
    def change(seen: Facts) -> Facts:
        return dataclasses.replace(seen, **changes)

    return change


def _new_rock(seen: Facts) -> Facts:
    return dataclasses.replace(seen, workload=_workload(""))


_GREETING = options.Declared(name="greeting", type="string", value="hello")

CHANGES: Mapping[str, Change] = {
    "An event that brings nothing new": lambda seen: seen,
    "An option of the author's": _facts(declared={"greeting": _GREETING}),
    "An option of the framework, " + code("flask-env"): _option(flask_env="staging"),
    code("webserver-workers") + " and its like": _option(webserver_workers=4),
    code("webserver-worker-class"): _option(webserver_worker_class="gevent"),
    "The secret key": _facts(generated_key="another"),
    "A unit joins or leaves": _facts(peers=(1, 2)),
    "The ingress gives another URL": _given("ingress", url="http://elsewhere.example/"),
    "Credentials of the database": _given(
        "postgresql_client", uri="postgresql://app:another@db-0.example:5432/app"
    ),
    "A cache is removed": _gone("redis"),
    "A mail relay is integrated": _given("smtp"),
    "Traces are wanted": _given("tracing"),
    "Logs go to Loki": _given("loki_push_api"),
    "Prometheus scrapes": _given("prometheus_scrape"),
    "A charm with other health checks": _config({"health": {"path": "/up", "period": "5s"}}),
    "A charm with another " + code("change.graceful-timeout"): _config(
        {"change": {"graceful-timeout": "90s"}}
    ),
    "A charm with another " + code("port"): _config({"port": 9000}),
    "A charm with another " + code("metrics-port"): _config({"metrics-port": 9200}),
    "Another rock, or a new pod": _new_rock,
}
