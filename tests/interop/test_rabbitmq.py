"""RabbitMQ, with charms of both shapes as its side."""

from __future__ import annotations

import pathlib

import pytest
from counterparts import applications, brokers, ours, relay, theirs

KINDS = {"kubernetes": brokers.OnKubernetes, "machines": brokers.OnMachines}
SERVICE = "rabbitmq.queues.svc.cluster.local"
HOSTS = {"kubernetes": (SERVICE,), "machines": ("10.0.0.0", "10.0.0.1")}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


def relate(kind: str, folder: pathlib.Path, *, units: int = 2) -> relay.Relay:
    """Return two units of ours and some of a broker, not yet related."""
    broker = theirs.application(
        KINDS[kind], "rabbitmq", brokers.ENDPOINT, units=units, provides="rabbitmq"
    )
    return relay.Relay(ours.application("rabbitmq", folder), broker)


@pytest.fixture
def related(kind: str, tmp_path: pathlib.Path) -> relay.Relay:
    found = relate(kind, tmp_path)
    found.integrate()
    return found


def url(host: str, password: str = "first") -> str:
    return f"amqp://blog:{password}@{host}:5672/%2F"


def publish(between: relay.Relay, password: str) -> None:
    for unit in between.theirs.units:
        between.act(unit, lambda charm: charm.publish(password))


def forget(between: relay.Relay, *keys: str) -> None:
    for unit in between.theirs.units:
        between.act(unit, lambda charm: charm.forget(*keys))


def variables(unit: applications.Unit) -> dict[str, str]:
    return {n: v for n, v in unit.environment.items() if n.startswith("RABBITMQ_")}


def given(between: relay.Relay, name: str) -> set[str | None]:
    return {unit.environment.get(f"RABBITMQ_{name}") for unit in between.ours.units}


def test_a_user_and_a_virtual_host_are_asked_for(related: relay.Relay):
    assert related.ours.bag == {"username": "blog", "vhost": "/"}


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_every_unit_gets_the_broker(related: relay.Relay, kind: str, number: int):
    unit = related.ours.unit(number)
    first = HOSTS[kind][0]
    assert variables(unit) == {
        "RABBITMQ_CONNECT_STRING": url(first),
        "RABBITMQ_SCHEME": "amqp",
        "RABBITMQ_NETLOC": f"blog:first@{first}:5672",
        "RABBITMQ_PATH": "/%2F",
        "RABBITMQ_PARAMS": "",
        "RABBITMQ_QUERY": "",
        "RABBITMQ_FRAGMENT": "",
        "RABBITMQ_USERNAME": "blog",
        "RABBITMQ_PASSWORD": "first",
        "RABBITMQ_HOSTNAME": first,
        "RABBITMQ_PORT": "5672",
        "RABBITMQ_VHOST": "/",
        "RABBITMQ_CONNECT_STRINGS": ",".join(url(host) for host in HOSTS[kind]),
    }
    assert unit.status == "active: "


def test_it_does_not_matter_which_side_is_told_first(kind: str, tmp_path: pathlib.Path):
    between = relate(kind, tmp_path)
    between.integrate(theirs_first=True)
    assert given(between, "CONNECT_STRING") == {url(HOSTS[kind][0])}


def test_a_leader_that_comes_late_asks_all_the_same(kind: str, tmp_path: pathlib.Path):
    between = relate(kind, tmp_path)
    between.ours.elect(-1)
    between.integrate()
    assert between.ours.bag == {}
    assert [variables(unit) for unit in between.ours.units] == [{}, {}]

    between.ours.elect(1)
    between.happen(between.ours.unit(1), "leader_elected")

    assert given(between, "CONNECT_STRING") == {url(HOSTS[kind][0])}


def test_a_rotated_password_reaches_every_unit(related: relay.Relay, kind: str):
    publish(related, "p@ss/word")
    assert given(related, "PASSWORD") == {"p@ss/word"}
    assert given(related, "CONNECT_STRING") == {url(HOSTS[kind][0], "p%40ss%2Fword")}


@pytest.mark.parametrize("kind", ["machines"], indirect=True)
def test_b31_brokers_are_listed_in_the_order_of_their_numbers(kind: str, tmp_path: pathlib.Path):
    between = relate(kind, tmp_path, units=11)
    between.integrate()
    listed = ",".join(url(f"10.0.0.{number}") for number in range(11))
    assert given(between, "CONNECT_STRINGS") == {listed}


@pytest.mark.parametrize("kind", ["machines"], indirect=True)
def test_another_unit_is_chosen_when_the_first_departs(related: relay.Relay):
    related.leave(related.theirs.unit(0))
    assert given(related, "HOSTNAME") == {"10.0.0.1"}
    assert given(related, "CONNECT_STRINGS") == {url("10.0.0.1")}


@pytest.mark.parametrize("key", ["hostname", "password"])
def test_b15b_a_provider_that_comes_back_with_less_takes_the_variables_away(
    related: relay.Relay, key: str
):
    forget(related, key)
    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_broken_relation_takes_the_variables_away(related: relay.Relay):
    related.remove()
    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_an_event_without_news_writes_nothing(related: relay.Relay):
    before = related.picture()
    related.happen_everywhere()
    assert related.picture() == before
