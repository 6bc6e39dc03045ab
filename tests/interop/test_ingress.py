"""Ingress, with ``charms.traefik_k8s`` as its side."""

from __future__ import annotations

import pathlib

import pytest
from counterparts import ingress, ours, relay, rows, sides

pytestmark = pytest.mark.usefixtures("client")

INSIDE = "http://blog.newsroom:8000"
GIVEN = "http://203.0.113.7/newsroom-blog"


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of the other side, related and at rest."""
    return sides.together(rows.find("ingress"), tmp_path)


def base_urls(between: relay.Relay) -> set[str]:
    return {unit.environment["FLASK_BASE_URL"] for unit in between.ours.units}


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_each_of_its_units_reads_where_our_application_is(
    related: relay.Relay, number: int, client: str
):
    read = related.ask(related.theirs.unit(number), ingress.Ingress.read)

    assert read["ready"]
    assert read["app"] == {
        "model": "newsroom",
        "name": "blog",
        "port": 8000,
        # Told by newer versions of the library, and of use to no ingress on Kubernetes.
        "is_port_open": client == ours.LIBRARIES,
        "healthcheck_params": None,
        "strip_prefix": True,
        "redirect_https": False,
        "scheme": "http",
    }


def test_it_reads_where_each_unit_of_ours_is(related: relay.Relay):
    read = related.ask(related.theirs.leader, ingress.Ingress.read)

    domain = "blog-endpoints.newsroom.svc.cluster.local"
    assert read["units"] == [
        {"host": f"blog-0.{domain}", "ip": "10.1.7.1"},
        {"host": f"blog-1.{domain}", "ip": "10.1.7.2"},
    ]


def test_a_new_unit_of_ours_is_read_too(tmp_path: pathlib.Path):
    between = sides.apart(rows.find("ingress"), tmp_path)
    newcomer = between.ours.units.pop()
    between.integrate()

    between.join(between.ours, newcomer)

    read = between.ask(between.theirs.leader, ingress.Ingress.read)
    assert [unit["ip"] for unit in read["units"]] == ["10.1.7.1", "10.1.7.2"]
    assert newcomer.environment["FLASK_BASE_URL"] == GIVEN


def test_a_unit_of_ours_that_left_is_no_longer_read(related: relay.Relay):
    related.leave(related.ours.unit(1))

    read = related.ask(related.theirs.leader, ingress.Ingress.read)
    assert [unit["ip"] for unit in read["units"]] == ["10.1.7.1"]


def test_a_changed_url_reaches_every_unit(related: relay.Relay):
    related.act(related.theirs.leader, lambda charm: charm.publish("blog.example"))

    assert base_urls(related) == {"http://blog.example/newsroom-blog"}


def test_an_ingress_that_publishes_an_unusable_url_leaves_the_inner_one(related: relay.Relay):
    # The library finds that it is no URL and publishes nothing in its place.
    related.act(related.theirs.leader, lambda charm: charm.publish("no address"))

    assert base_urls(related) == {INSIDE}
    assert {unit.status for unit in related.ours.units} == {"active: "}
