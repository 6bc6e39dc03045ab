"""What holds for every integration that a library speaks for: driven as Juju drives it."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import sys
from typing import Any

import conftest
import hypothesis
import hypothesis.strategies as st
import ops
import ops.testing
import pytest

from paas_app_charmer import integration

from . import hostile

FILES = [name for name in hostile.FILES if hostile.found(name).connect is not None]
every = pytest.mark.parametrize("one", [hostile.found(name) for name in FILES], ids=FILES)

PEERS = ops.testing.PeerRelation("secret-storage")
INGRESS = ops.testing.Relation(
    "ingress", remote_app_data={"ingress": '{"url": "https://203.0.113.7/test-model-flask-k8s"}'}
)
SECRET = "secret:abc"
NEEDS = ("Please check ",)
"""How the status begins if somebody has to do something on the other side."""
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{1,40}")
RELATION = 7_000
"""An id that ops.testing does not come to by counting."""


def keys_of(one: integration.Integration[Any]) -> list[str]:
    """Return what may be a key of the databag: names of fields, and words in the module."""
    tree = ast.parse(inspect.getsource(sys.modules[one.data.__module__]))
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    fields = set(one.data.model_fields)
    names = {*words, *fields, *(name.replace("_", "-") for name in fields)}
    return sorted(name for name in names if isinstance(name, str) and _KEY.fullmatch(name))


@pytest.fixture(scope="module")
def charms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, conftest.Deployment]:
    """A charm for each interface that runs, with an ingress, so that only the neighbour is new."""
    found: dict[str, conftest.Deployment] = {}
    for name in FILES:
        requires = {hostile.found(name).endpoint: {"interface": name, "optional": True}}
        found[name] = conftest.deploy(
            tmp_path_factory.mktemp(name), requires=requires, relations=[PEERS, INGRESS]
        )
        assert found[name].run().unit_status == ops.ActiveStatus()
    return found


def hook(
    charm: conftest.Deployment,
    relation: ops.testing.Relation,
    event: str = "changed",
    *,
    content: dict[str, str] | None = None,
    leader: bool = True,
) -> tuple[ops.testing.State, str]:
    """Let an event of a relation happen, and return what it left and what was logged."""
    before = charm.state
    given = [ops.testing.Secret(content, id=SECRET)] if content else []
    state = dataclasses.replace(
        before,
        leader=leader,
        relations=[*before.relations, relation],
        secrets=[*before.secrets, *given],
    )
    remote = {"remote_unit": 0} if event in {"joined", "changed", "departed"} else {}
    happening = getattr(charm.context.on, f"relation_{event}")(relation, **remote)
    charm.context.juju_log.clear()
    left = charm.context.run(happening, state)
    return left, "\n".join(line.message for line in charm.context.juju_log)


def is_told(left: ops.testing.State, endpoint: str) -> bool:
    """Return whether nothing is wrong, or the endpoint is named, or what it needs."""
    status = left.unit_status
    if isinstance(status, ops.ActiveStatus):
        return True
    blamed = (f"Invalid {endpoint} relation data: ", *NEEDS)
    return isinstance(status, ops.BlockedStatus) and status.message.startswith(blamed)


@every
@hypothesis.settings(max_examples=hostile.EXAMPLES, deadline=None)
@hypothesis.given(data=st.data())
def test_b20_hostile_data_end_no_hook(one, data, charms):
    bags = hostile.bags(one, keys_of(one))
    relation = ops.testing.Relation(
        one.endpoint, remote_app_data=data.draw(bags), remote_units_data={0: data.draw(bags)}
    )
    event = data.draw(st.sampled_from(["created", "joined", "changed", "departed", "broken"]))
    content, leader = data.draw(bags), data.draw(st.booleans())
    left, _ = hook(charms[one.interface], relation, event, content=content, leader=leader)
    assert is_told(left, one.endpoint), left.unit_status


@every
@pytest.mark.parametrize(
    "value", ["hunter2", "hunter2 and", "x://u:hunter2", '{"url": "hunter2"}', '["hunter2"]']
)
@pytest.mark.parametrize("granted", [True, False])
def test_neither_status_nor_log_tells_what_a_neighbour_wrote(one, value, granted, charms):
    given = dict.fromkeys(keys_of(one), value)
    pointing = {key: SECRET if "secret" in key and key != "secret-key" else value for key in given}
    for bag in (given, pointing):
        relation = ops.testing.Relation(
            one.endpoint, remote_app_data=bag, remote_units_data={0: bag}
        )
        left, logged = hook(charms[one.interface], relation, content=given if granted else None)
        assert "hunter2" not in left.unit_status.message
        assert "hunter2" not in logged


@every
def test_a_neighbour_that_has_not_answered_is_no_error(one, charms):
    left, _ = hook(charms[one.interface], ops.testing.Relation(one.endpoint), "created")
    assert not left.unit_status.message.startswith("Invalid")


@every
def test_what_is_published_does_not_change_by_itself(one, charms):
    charm = charms[one.interface]
    first, _ = hook(charm, ops.testing.Relation(one.endpoint, id=RELATION), "created")
    (relation,) = first.get_relations(one.endpoint)
    assert relation.local_app_data
    for event in ("joined", "changed", "changed"):
        left, _ = hook(charm, relation, event)
        assert left.get_relation(RELATION).local_app_data == relation.local_app_data
        relation = left.get_relation(RELATION)


@every
def test_b30_a_leader_elected_late_still_asks(one, charms):
    charm = charms[one.interface]
    before, _ = hook(
        charm, ops.testing.Relation(one.endpoint, id=RELATION), "created", leader=False
    )
    assert before.get_relation(RELATION).local_app_data == {}
    after = charm.context.run(
        charm.context.on.leader_elected(), dataclasses.replace(before, leader=True)
    )
    assert after.get_relation(RELATION).local_app_data


@every
def test_no_library_is_attached_where_the_endpoint_has_no_relation(one, charms):
    charm = charms[one.interface]
    with charm.context(charm.context.on.start(), charm.state) as manager:
        attached = set(manager.charm._endpoints)
        manager.run()
    assert one.endpoint not in attached
