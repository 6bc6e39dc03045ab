"""An interface that only the author knows, spoken by functions or by a library."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

import conftest
import ops
import ops.testing
import pydantic
import pytest

import paas_app_charmer.flask
from paas_app_charmer import errors, integration

PEERS = ops.testing.PeerRelation("secret-storage")
REQUIRED = {"search": {"interface": "search"}}
OPTIONAL = {"search": {"interface": "search", "optional": True}}
TOKEN = ops.testing.Secret({"token": "hush"})
ANSWER = {"host": "search.example", "token-id": TOKEN.id}


class Search(integration.Data):
    host: str = pydantic.Field(pattern=r"^[\w.]+$")
    token: str = pydantic.Field(repr=False)
    language: str = ""


def request(site: integration.Site) -> integration.Databag:
    language = site.options.get("language", "")
    return integration.Databag(
        app={"index": site.app, "language": language}, unit={"address": site.address}
    )


def read(remote: integration.RemoteData) -> Search | None:
    host = remote.app.get("host")
    if host is None:
        return None
    if host == "full":
        raise errors.NeedError("buy another disk for search")
    return Search(host=host, token=remote.secret(remote.app.get("token-id", ""))["token"])


SEARCH = integration.Integration(
    interface="search",
    category="database",
    endpoint="search",
    data=Search,
    request=request,
    read=read,
    secrets=("token",),
    options={"language": integration.Option(default="en", description="Of {endpoint}.")},
    example=Search(host="search.example", token="hush"),
)


class Charm(paas_app_charmer.flask.Charm):
    integrations = (SEARCH,)


def deploy(
    folder: Any, *relations: ops.testing.Relation, requires: Any = OPTIONAL, **more: Any
) -> conftest.Deployment:
    ready: dict[str, Any] = {
        "charm": Charm,
        "requires": requires,
        "relations": [PEERS, *relations],
        "secrets": [TOKEN],
    }
    return conftest.deploy(folder, **{**ready, **more})


def answered(endpoint: str = "search", **changes: str) -> ops.testing.Relation:
    return ops.testing.Relation(endpoint, interface="search", remote_app_data=ANSWER | changes)


def test_its_properties_become_variables(tmp_path):
    flask = deploy(tmp_path, answered())

    assert flask.run().unit_status == ops.ActiveStatus()
    assert flask.environment["SEARCH_HOST"] == "search.example"
    assert flask.environment["SEARCH_TOKEN"] == "hush"


def test_its_variables_go_with_the_relation(tmp_path):
    flask = deploy(tmp_path, answered())
    flask.run()

    flask.run(flask.context.on.relation_broken(flask.state.get_relations("search")[0]))

    assert not any(name.startswith("SEARCH") for name in flask.environment)


def test_it_holds_the_application_back_unless_it_is_optional(tmp_path):
    flask = deploy(tmp_path, requires=REQUIRED)

    assert flask.run().unit_status == ops.BlockedStatus("missing integrations: search")
    assert flask.run(
        relations=[PEERS, ops.testing.Relation("search")]
    ).unit_status == ops.WaitingStatus("waiting for data of integrations: search")
    assert flask.run(relations=[PEERS, answered()]).unit_status == ops.ActiveStatus()


def test_what_its_model_refuses_is_told_without_the_value(tmp_path):
    status = deploy(tmp_path, answered(host="the password")).run().unit_status

    assert isinstance(status, ops.BlockedStatus)
    assert status.message.startswith("Invalid search relation data: host: ")
    assert "the password" not in status.message


def test_a_secret_that_is_not_granted_is_told(tmp_path):
    assert deploy(tmp_path, answered(), secrets=[]).run().unit_status == ops.BlockedStatus(
        "Invalid search relation data: its secret is missing or not granted to this application"
    )


def test_what_it_needs_is_the_whole_status(tmp_path):
    status = deploy(tmp_path, answered(host="full")).run().unit_status

    assert status == ops.BlockedStatus("buy another disk for search")


def test_a_rotated_secret_reaches_the_application(tmp_path):
    flask = deploy(tmp_path, answered())
    flask.run()
    rotated = dataclasses.replace(TOKEN, latest_content={"token": "new"})

    flask.run(flask.context.on.secret_changed(rotated), secrets=[rotated])

    assert flask.environment["SEARCH_TOKEN"] == "new"


def test_its_secret_is_in_no_log(tmp_path, caplog):
    with caplog.at_level(logging.DEBUG):
        deploy(tmp_path, answered()).run()

    assert "hush" not in caplog.text


@pytest.mark.parametrize("leader", [True, False])
def test_it_writes_for_the_application_and_for_each_unit(tmp_path, leader):
    options = {"search-language": {"type": "string", "default": "fr"}}
    flask = deploy(tmp_path, ops.testing.Relation("search"), options=options, leader=leader)

    (relation,) = flask.run().get_relations("search")

    wanted = {"index": "flask-k8s", "language": "fr"}
    assert relation.local_app_data == (wanted if leader else {})
    assert relation.local_unit_data["address"] == "192.0.2.0"


def test_two_endpoints_of_it_have_their_own_variables(tmp_path):
    requires = {**OPTIONAL, "old-search": {"interface": "search", "optional": True}}
    relations = [answered(), answered("old-search", host="old.example")]
    flask = deploy(tmp_path, *relations, requires=requires)
    flask.run()

    assert flask.environment["SEARCH_HOST"] == "search.example"
    assert flask.environment["OLD_SEARCH_HOST"] == "old.example"


def test_it_comes_before_a_built_in_one_of_the_same_interface(tmp_path):
    builtin = integration.find("redis")
    assert builtin is not None

    class Own(paas_app_charmer.flask.Charm):
        integrations = (dataclasses.replace(builtin, namespace="CACHE"),)

    units = {0: {"hostname": "cache-0", "port": "6379"}}
    flask = deploy(
        tmp_path,
        ops.testing.Relation("redis", remote_units_data=units),
        requires={"redis": {"interface": "redis", "optional": True}},
        charm=Own,
    )
    flask.run()

    assert flask.environment["CACHE_HOSTNAME"] == "cache-0"
    assert "REDIS_DB_HOSTNAME" not in flask.environment


class Library(ops.Object):
    """What somebody's library may be like: clumsy, and with handlers of its own."""

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        super().__init__(charm, endpoint)
        self.endpoint = endpoint
        events = charm.on[endpoint]
        self.framework.observe(events.relation_changed, self.refresh)
        self.framework.observe(charm.on.config_changed, self.refresh)

    def refresh(self, _: Any = None) -> None:
        for relation in self.model.relations[self.endpoint]:
            # Other units may not, and neighbours write what they like.
            relation.data[self.model.app]["port"] = str(int(relation.data[relation.app]["port"]))

    def host(self) -> str | None:
        (relation,) = self.model.relations[self.endpoint]
        return relation.data[relation.app].get("host")


class Requirer:
    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._library = Library(charm, endpoint)

    def publish(self, _site: integration.Site) -> None:
        self._library.refresh()

    def read(self, site: integration.Site) -> Search | None:
        host = self._library.host()
        return Search(host=host, token=site.app) if host else None


class Spoken(paas_app_charmer.flask.Charm):
    integrations = (dataclasses.replace(SEARCH, connect=Requirer),)


def test_a_library_may_speak_in_its_place(tmp_path):
    flask = deploy(tmp_path, answered(port="1"), charm=Spoken)
    # None of its handlers is for this event, and one of them is also called.
    (relation,) = flask.run(flask.context.on.update_status()).get_relations("search")

    assert flask.environment["SEARCH_HOST"] == "search.example"
    assert relation.local_app_data == {"port": "1"}


@pytest.mark.parametrize("leader", [True, False])
@pytest.mark.parametrize("port", ["hush hush", ""])
def test_what_a_librarys_handlers_raise_ends_no_hook(tmp_path, caplog, leader, port):
    relation = answered(port=port)
    flask = deploy(tmp_path, relation, charm=Spoken, leader=leader)

    flask.run(flask.context.on.relation_changed(relation))

    assert flask.run().unit_status in (
        ops.ActiveStatus(),
        ops.WaitingStatus("Waiting for secret key creation"),
    )
    assert "Library.refresh" in caplog.text
    assert "hush hush" not in caplog.text
