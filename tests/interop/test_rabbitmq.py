"""RabbitMQ, with charms of both shapes as its side."""

from __future__ import annotations

import pathlib

import pytest
from counterparts import applications, brokers, relay, rows, sides


@pytest.fixture(params=["kubernetes", "machines"])
def related(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of a broker, related and at rest."""
    return sides.together(rows.find(f"rabbitmq-{request.param}"), tmp_path)


machines = pytest.mark.parametrize("related", ["machines"], indirect=True)


def url(number: int, password: str = "pass%2Fword") -> str:
    return f"amqp://blog:{password}@rabbitmq-{number}.example:5672/%2F"


def forget(between: relay.Relay, *keys: str) -> None:
    for unit in between.theirs.units:
        between.act(unit, lambda charm: charm.forget(*keys))


def variables(unit: applications.Unit) -> dict[str, str]:
    return {n: v for n, v in unit.environment.items() if n.startswith("RABBITMQ_")}


def given(between: relay.Relay, name: str) -> set[str | None]:
    return {unit.environment.get(f"RABBITMQ_{name}") for unit in between.ours.units}


def test_a_password_of_any_characters_reaches_every_unit(related: relay.Relay):
    said = brokers.EXAMPLE.model_copy(update={"password": "p@ss/word"})
    for unit in related.theirs.units:
        related.act(unit, lambda charm: charm.say(said))

    assert given(related, "PASSWORD") == {"p@ss/word"}
    assert given(related, "CONNECT_STRING") == {url(0, "p%40ss%2Fword")}


def test_b31_brokers_are_listed_in_the_order_of_their_numbers(tmp_path: pathlib.Path):
    between = sides.together(rows.find("rabbitmq-machines"), tmp_path, there=11)

    assert given(between, "CONNECT_STRINGS") == {",".join(url(number) for number in range(11))}


@machines
def test_another_unit_is_chosen_when_the_first_departs(related: relay.Relay):
    related.leave(related.theirs.unit(0))

    assert given(related, "HOSTNAME") == {"rabbitmq-1.example"}
    assert given(related, "CONNECT_STRINGS") == {url(1)}


@pytest.mark.parametrize("key", ["hostname", "password"])
def test_b15b_a_provider_that_comes_back_with_less_takes_the_variables_away(
    related: relay.Relay, key: str
):
    forget(related, key)
    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}
