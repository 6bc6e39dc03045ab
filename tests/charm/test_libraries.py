"""A library that speaks for us must not end a hook, whatever it makes of its data."""

from __future__ import annotations

import logging
from typing import Any

import conftest
import ops
import ops.testing
import pytest

from paas_app_charmer import errors, flask, integration

PEERS = ops.testing.PeerRelation("secret-storage")
REQUIRES = {"queue": {"interface": "queue", "optional": True}}
SECRET = "hunter2"


class Queue(integration.Data):
    """What the provider gives."""

    host: str
    port: int = 1


class Inner(ops.Object):
    """A part that the library keeps to itself, with handlers of any name."""

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        super().__init__(charm, f"{endpoint}-inner")
        self.framework.observe(charm.on[endpoint].relation_changed, self.take)
        self.framework.observe(charm.on.update_status, self.take)

    def take(self, _: ops.EventBase) -> None:
        raise KeyError(SECRET)


class Library(ops.Object):
    """A library as they are: its handlers run before ours and take the data for sound."""

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        super().__init__(charm, endpoint)
        inner = [Inner(charm, endpoint)]
        self.parts = {"inner": inner}
        self.framework.observe(charm.on[endpoint].relation_changed, self._on_changed)

    def _on_changed(self, event: ops.RelationChangedEvent) -> None:
        event.defer()
        raise ValueError(SECRET)


class Deferring(ops.Object):
    """A library that wants to see its event again, and notes how often it did."""

    seen = 0

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        super().__init__(charm, endpoint)
        self.framework.observe(charm.on[endpoint].relation_changed, self._on_changed)

    def _on_changed(self, event: ops.RelationChangedEvent) -> None:
        type(self).seen += 1
        event.defer()


class Requirer:
    """Speaks through the library."""

    library: type[ops.Object] = Library

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self.library = self.library(charm, endpoint)
        self.relation = charm.model.relations[endpoint][0]
        self.charm = charm

    def publish(self, site: integration.Site) -> None:
        if self.charm.unit.is_leader():
            self.relation.data[self.charm.app]["asked"] = site.app

    def read(self, _site: integration.Site) -> Queue | None:
        host = self.relation.data[self.relation.app].get("host")
        return Queue(host=host) if host else None


def charm_with(connect: Any) -> type[ops.CharmBase]:
    """Return a charm whose author has an integration that is spoken by a library."""
    own = integration.Integration(
        interface="queue",
        category="broker",
        endpoint="queue",
        data=Queue,
        connect=connect,
        example=Queue(host="h"),
    )

    class Charm(flask.Charm):
        integrations = (own,)

    return Charm


def deploy(
    tmp_path: Any, connect: Any, host: str = "broker", **changes: Any
) -> conftest.Deployment:
    queue = ops.testing.Relation("queue", remote_app_data={"host": host} if host else {})
    ready: dict[str, Any] = {"requires": REQUIRES, "relations": [PEERS, queue], **changes}
    return conftest.deploy(tmp_path, charm=charm_with(connect), **ready)


def changed(flask: conftest.Deployment) -> Any:
    relation = flask.state.get_relations("queue")[0]
    return flask.context.on.relation_changed(relation, remote_unit=0)


def raising(error: Exception) -> Any:
    """Return a connect that fails as soon as the library is made."""

    def connect(_charm: ops.CharmBase, _endpoint: str) -> Requirer:
        raise error

    return connect


def asking(**questions: Exception) -> Any:
    """Return a connect whose requirer fails when it is asked."""

    class Failing(Requirer):
        def publish(self, _site: integration.Site) -> None:
            if "publish" in questions:
                raise questions["publish"]

        def read(self, site: integration.Site) -> Queue | None:
            if "read" in questions:
                raise questions["read"]
            return super().read(site)

    return Failing


def test_b20_a_handler_that_raises_is_noted_by_its_name_and_the_hook_goes_on(tmp_path):
    flask = deploy(tmp_path, Requirer)
    assert flask.run(changed(flask)).unit_status == ops.ActiveStatus()
    assert flask.environment["QUEUE_HOST"] == "broker"
    told = [log.message for log in flask.context.juju_log]
    assert any(text.endswith("Library._on_changed: ValueError") for text in told)
    assert any(text.endswith("Inner.take: KeyError") for text in told)
    assert not any(SECRET in text for text in told)


def test_b20_so_is_one_of_an_object_that_nobody_finds(tmp_path):
    flask = deploy(tmp_path, Requirer)
    state = flask.run(flask.context.on.update_status())
    assert state.unit_status == ops.ActiveStatus()


def test_b20_a_library_that_cannot_be_made_blocks_with_the_kind_of_the_cause(tmp_path):
    flask = deploy(tmp_path, raising(KeyError(SECRET)))
    assert flask.run(changed(flask)).unit_status == ops.BlockedStatus(
        "Invalid queue relation data: the library for it failed with KeyError"
    )


def test_b20_a_library_that_is_half_made_when_it_fails_leaves_harmless_handlers(tmp_path):
    kept: list[object] = []

    def connect(charm: ops.CharmBase, endpoint: str) -> Requirer:
        kept.append(Library(charm, endpoint))
        raise KeyError(SECRET)

    flask = deploy(tmp_path, connect)
    assert isinstance(flask.run(changed(flask)).unit_status, ops.BlockedStatus)


def test_a_library_that_could_not_be_made_is_tried_again(tmp_path):
    broken = [True]

    def connect(charm: ops.CharmBase, endpoint: str) -> Requirer:
        if broken:
            raise KeyError(SECRET)
        return Requirer(charm, endpoint)

    flask = deploy(tmp_path, connect)
    flask.run()
    broken.clear()
    assert flask.run().unit_status == ops.ActiveStatus()
    assert flask.environment["QUEUE_HOST"] == "broker"


def test_a_library_that_is_not_in_the_charm_is_named(tmp_path):
    flask = deploy(tmp_path, raising(ModuleNotFoundError("no", name="charms.queue")))
    assert flask.run().unit_status == ops.BlockedStatus(
        "the charm lacks the Python module charms.queue"
    )


def test_a_library_that_juju_refuses_something_is_waited_for(tmp_path):
    flask = deploy(tmp_path, raising(ops.ModelError("permission denied")))
    assert flask.run().unit_status == ops.ActiveStatus()
    assert "QUEUE_HOST" not in flask.environment


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (
            KeyError(SECRET),
            "Invalid queue relation data: the library for it failed with KeyError",
        ),
        (errors.RelationDataError("no host"), "Invalid queue relation data: no host"),
        (errors.NeedError("Relate an ingress"), "Relate an ingress"),
    ],
)
def test_b20_what_a_library_raises_when_it_is_read_becomes_a_status(tmp_path, error, status):
    flask = deploy(tmp_path, asking(read=error))
    assert flask.run().unit_status == ops.BlockedStatus(status)


def test_b20_data_that_the_model_refuses_are_told_by_field(tmp_path):
    class Wrong(Requirer):
        def read(self, _site: integration.Site) -> Queue:
            return Queue.model_validate({"host": "h", "port": SECRET})

    status = deploy(tmp_path, Wrong).run().unit_status
    assert isinstance(status, ops.BlockedStatus)
    assert status.message.startswith("Invalid queue relation data: port: should be a valid int")


@pytest.mark.parametrize("error", [KeyError(SECRET), ops.ModelError("permission denied")])
def test_b20_a_library_that_cannot_publish_is_noted_and_the_hook_goes_on(tmp_path, error):
    flask = deploy(tmp_path, asking(publish=error))
    assert flask.run().unit_status == ops.ActiveStatus()
    told = [log.message for log in flask.context.juju_log if log.level == "ERROR"]
    assert any(text.startswith("nothing published on queue: ") for text in told)
    assert not any(SECRET in text for text in told)


def test_a_library_that_defers_sees_its_event_again_and_holds_nothing_back(tmp_path):
    class Patient(Requirer):
        library = Deferring

    Deferring.seen = 0
    flask = deploy(tmp_path, Patient)
    flask.run(changed(flask))
    assert flask.environment["QUEUE_HOST"] == "broker"
    flask.run()
    assert Deferring.seen == 2
    assert flask.state.unit_status == ops.ActiveStatus()


def test_an_event_that_a_library_deferred_is_dropped_with_its_relation(tmp_path):
    class Patient(Requirer):
        library = Deferring

    flask = deploy(tmp_path, Patient)
    flask.run(changed(flask))
    queue = flask.state.get_relations("queue")[0]
    flask.run(flask.context.on.relation_broken(queue))
    assert "QUEUE_HOST" not in flask.environment
    state = flask.run(relations=[one for one in flask.state.relations if one.id != queue.id])
    assert state.unit_status == ops.ActiveStatus()


def test_each_endpoint_has_a_library_of_its_own(tmp_path):
    requires = {name: {"interface": "queue", "optional": True} for name in ("queue", "mail")}
    relations = [
        ops.testing.Relation("queue", remote_app_data={"host": "one"}),
        ops.testing.Relation("mail", remote_app_data={"host": "two"}),
    ]
    flask = deploy(tmp_path, Requirer, requires=requires, relations=[PEERS, *relations])
    flask.run(changed(flask))
    assert (flask.environment["QUEUE_HOST"], flask.environment["MAIL_HOST"]) == ("one", "two")


def test_no_library_is_made_for_an_endpoint_without_a_relation(tmp_path):
    flask = deploy(tmp_path, raising(KeyError(SECRET)), relations=[PEERS])
    assert flask.run().unit_status == ops.ActiveStatus()


@pytest.mark.parametrize(("leader", "asked"), [(True, {"asked": "flask-k8s"}), (False, {})])
def test_a_library_is_told_to_ask_in_every_hook(tmp_path, leader, asked):
    flask = deploy(tmp_path, Requirer, leader=leader)
    flask.run()
    assert flask.state.get_relations("queue")[0].local_app_data == asked


def test_a_handler_of_the_charm_itself_may_still_fail(tmp_path):
    class Charm(flask.Charm):
        def _on_queue(self, _: ops.EventBase) -> None:
            raise RuntimeError("of the author")

    def connect(charm: ops.CharmBase, endpoint: str) -> Requirer:
        charm.framework.observe(charm.on.update_status, charm._on_queue)  # type: ignore[attr-defined]
        return Requirer(charm, endpoint)

    Charm.integrations = charm_with(connect).integrations
    queue = ops.testing.Relation("queue")
    deployed = conftest.deploy(tmp_path, charm=Charm, requires=REQUIRES, relations=[PEERS, queue])
    with pytest.raises(ops.testing.errors.UncaughtCharmError, match="RuntimeError"):
        deployed.run(deployed.context.on.update_status())


def test_the_charm_observes_as_before_once_a_library_is_attached(tmp_path):
    class Charm(charm_with(Requirer)):
        def __init__(self, framework: ops.Framework) -> None:
            super().__init__(framework)
            framework.observe(self.on.update_status, self._own)

        def _own(self, _: ops.EventBase) -> None:
            logging.getLogger(__name__).warning("the charm's own handler")

    queue = ops.testing.Relation("queue")
    deployed = conftest.deploy(tmp_path, charm=Charm, requires=REQUIRES, relations=[PEERS, queue])
    deployed.run(deployed.context.on.update_status())
    assert "the charm's own handler" in [log.message for log in deployed.context.juju_log]
