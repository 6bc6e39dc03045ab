"""A store of permissions: asked for once, by one name, and followed."""

from __future__ import annotations

from typing import Any

import conftest
import ops
import ops.testing
import pytest

OPENFGA = {"interface": "openfga", "optional": True}
URLS = {"grpc_api_url": "http://10.1.0.5:8081", "http_api_url": "http://10.1.0.5:8080"}
STORE = {**URLS, "store_id": "01GP1254CHWJC1MNGVB0WDG1T0"}


def deploy(
    tmp_path, *relations: Any, base: str = "ubuntu@24.04", **state: Any
) -> conftest.Deployment:
    peers = "peers" if base == "ubuntu@26.04" else "secret-storage"
    return conftest.deploy(
        tmp_path,
        base=base,
        requires={"openfga": OPENFGA},
        relations=[ops.testing.PeerRelation(peers), *relations],
        **state,
    )


def provider(held: ops.testing.Secret | None = None, **data: str) -> ops.testing.Relation:
    token = {"token_secret_id": held.id} if held else {}
    return ops.testing.Relation("openfga", remote_app_data={**STORE, **token, **data})


def written(flask: conftest.Deployment) -> dict[str, str]:
    (relation,) = flask.state.get_relations("openfga")
    return dict(relation.local_app_data)


def given(flask: conftest.Deployment) -> dict[str, str]:
    return {name: value for name, value in flask.environment.items() if name.startswith("FGA_")}


@pytest.mark.parametrize(
    ("base", "name"), [("ubuntu@24.04", "app-store"), ("ubuntu@26.04", "flask-k8s")]
)
def test_each_generation_asks_for_the_store_by_its_name(tmp_path, base, name):
    flask = deploy(tmp_path, ops.testing.Relation("openfga"), base=base)
    flask.run(flask.context.on.relation_created(flask.state.get_relations("openfga")[0]))
    assert written(flask) == {"store_name": name}


def test_a_store_that_was_asked_for_by_another_name_is_kept(tmp_path):
    kept = ops.testing.Relation("openfga", local_app_data={"store_name": "app-store"})
    flask = deploy(tmp_path, kept, base="ubuntu@26.04")
    flask.run()
    assert written(flask) == {"store_name": "app-store"}


def test_b30_a_leader_that_is_elected_later_asks(tmp_path):
    flask = deploy(tmp_path, ops.testing.Relation("openfga"), leader=False)
    flask.run(flask.context.on.relation_created(flask.state.get_relations("openfga")[0]))
    assert written(flask) == {}
    flask.run(flask.context.on.leader_elected(), leader=True)
    assert written(flask) == {"store_name": "app-store"}


def test_the_store_reaches_the_application(tmp_path):
    held = ops.testing.Secret({"token": "hunter2"})
    flask = deploy(tmp_path, provider(held, token="in the open"), secrets=[held])
    assert flask.run().unit_status == ops.ActiveStatus()
    assert given(flask) == {
        "FGA_STORE_ID": "01GP1254CHWJC1MNGVB0WDG1T0",
        "FGA_TOKEN": "hunter2",
        "FGA_GRPC_API_URL": "http://10.1.0.5:8081",
        "FGA_HTTP_API_URL": "http://10.1.0.5:8080",
    }


def test_a_token_in_the_open_is_taken_if_there_is_no_secret(tmp_path):
    flask = deploy(tmp_path, provider(token="in-the-open"))
    flask.run()
    assert given(flask)["FGA_TOKEN"] == "in-the-open"


@pytest.mark.parametrize("data", [{}, {"store_id": "x"}, {"grpc_api_url": "http://10.1.0.5:8081"}])
def test_data_that_are_incomplete_are_waited_for(tmp_path, data):
    flask = deploy(tmp_path, ops.testing.Relation("openfga", remote_app_data=data))
    assert flask.run().unit_status == ops.ActiveStatus()
    assert given(flask) == {}


def test_b23c_a_rotated_token_is_picked_up(tmp_path):
    held = ops.testing.Secret({"token": "old"})
    flask = deploy(tmp_path, provider(held), secrets=[held])
    flask.run()
    rotated = ops.testing.Secret({"token": "old"}, latest_content={"token": "new"}, id=held.id)
    flask.run(flask.context.on.secret_changed(rotated), secrets=[rotated])
    assert given(flask)["FGA_TOKEN"] == "new"


def test_b11_a_token_that_is_not_granted_blocks_and_the_application_stays_as_it_is(tmp_path):
    held = ops.testing.Secret({"token": "hunter2"})
    flask = deploy(tmp_path, provider(held), secrets=[held])
    flask.run()
    assert flask.run(secrets=()).unit_status == ops.BlockedStatus(
        "Invalid openfga relation data: its secret is missing or not granted to this application"
    )
    assert given(flask)["FGA_TOKEN"] == "hunter2"


def test_two_stores_at_one_endpoint_are_told(tmp_path):
    flask = deploy(tmp_path, provider(), provider())
    assert flask.run().unit_status == ops.BlockedStatus(
        "Invalid openfga relation data: 2 relations, and only one can be used"
    )


def test_b13_the_variables_of_the_store_go_with_it(tmp_path):
    flask = deploy(tmp_path, provider())
    flask.run()
    (relation,) = flask.state.get_relations("openfga")
    flask.run(flask.context.on.relation_broken(relation))
    assert given(flask) == {}
