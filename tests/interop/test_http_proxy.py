"""A proxy, with the tables of its protocol as its side."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import pytest
from counterparts import ours, proxies, relay, theirs

NAMES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY")
FIRST = "http://blog:first%2F1@squid.example:3128"


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of the proxy, related; the request is pending."""
    proxy = theirs.application(
        proxies.Proxy, "squid", proxies.ENDPOINT, provides="http_proxy", units=2
    )
    between = relay.Relay(ours.application("http-proxy", tmp_path), proxy)
    between.integrate()
    return between


@pytest.fixture
def opened(related: relay.Relay) -> relay.Relay:
    """The same after the proxy has let us through."""
    act(related, lambda charm: charm.open(related.id))
    return related


def act(between: relay.Relay, do: Callable[[Any], object]) -> None:
    between.act(between.theirs.leader, do)


def found(between: relay.Relay) -> list[set[str]]:
    """Return the proxies that each of our units has."""
    return [{unit.environment.get(name, "") for name in NAMES} for unit in between.ours.units]


def statuses(between: relay.Relay) -> set[str]:
    return {unit.status for unit in between.ours.units}


def test_one_request_is_made_with_an_id_that_stays(related: relay.Relay):
    (before,) = related.ask(related.theirs.leader, lambda charm: charm.requests(related.id))

    related.ours.elect(1)
    related.happen_everywhere()

    (after,) = related.ask(related.theirs.leader, lambda charm: charm.requests(related.id))
    assert before == after
    assert (after["domains"], after["auth"]) == ([], [])


def test_b24a_a_proxy_that_is_not_ready_holds_nothing_back(related: relay.Relay):
    assert found(related) == [{""}, {""}]
    assert statuses(related) == {"active: "}


def test_b24_every_unit_gets_the_proxy(opened: relay.Relay):
    assert found(opened) == [{FIRST}, {FIRST}]
    assert statuses(opened) == {"active: "}


def test_a_rotated_password_reaches_every_unit(opened: relay.Relay):
    act(opened, lambda charm: charm.open(opened.id, password="second"))

    second = "http://blog:second@squid.example:3128"
    assert found(opened) == [{second}, {second}]


def test_another_address_reaches_every_unit(opened: relay.Relay):
    act(opened, lambda charm: charm.open(opened.id, host="elsewhere.example"))

    other = FIRST.replace("squid", "elsewhere")
    assert found(opened) == [{other}, {other}]


def test_a_request_that_is_rejected_is_told_and_what_runs_goes_on(opened: relay.Relay):
    act(opened, lambda charm: charm.reject(opened.id))

    assert found(opened) == [{FIRST}, {FIRST}]
    assert statuses(opened) == {
        "blocked: Invalid http-proxy relation data: the request was answered by rejected"
    }


def test_a_proxy_that_comes_back_with_less_takes_the_variables_away(opened: relay.Relay):
    act(opened, lambda charm: charm.forget(opened.id))

    assert found(opened) == [{""}, {""}]
    assert statuses(opened) == {"active: "}


def test_b13_a_broken_relation_takes_the_variables_away(opened: relay.Relay):
    opened.remove()

    assert found(opened) == [{""}, {""}]
    assert statuses(opened) == {"active: "}


def test_a_unit_of_the_proxy_that_goes_changes_nothing(opened: relay.Relay):
    before = opened.ours.picture()

    opened.leave(opened.theirs.unit(1))

    assert opened.ours.picture() == before


def test_an_event_without_news_writes_nothing(opened: relay.Relay):
    before = opened.picture()

    opened.happen_everywhere()

    assert opened.picture() == before
