"""A proxy, with the tables of its protocol as its side."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import pytest
from counterparts import relay, rows, sides

NAMES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY")
FIRST = "http://blog:first%2F1@squid.example:3128"


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of the proxy, related; the request is pending."""
    return sides.together(rows.find("http_proxy"), tmp_path)


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
    related.happen_to(*related.ours.units)

    (after,) = related.ask(related.theirs.leader, lambda charm: charm.requests(related.id))
    assert before == after
    assert (after["domains"], after["auth"]) == ([], [])


def test_b24a_a_proxy_that_is_not_ready_holds_nothing_back(related: relay.Relay):
    assert found(related) == [{""}, {""}]
    assert statuses(related) == {"active: "}


def test_b24_every_unit_gets_the_proxy(opened: relay.Relay):
    assert found(opened) == [{FIRST}, {FIRST}]
    assert statuses(opened) == {"active: "}


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
