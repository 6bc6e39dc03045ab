"""Redis: a host and a port, from the first unit that has both."""

from __future__ import annotations

from collections.abc import Mapping

import pydantic
import pytest

from paas_app_charmer import errors, integration
from paas_app_charmer.integrations import redis

from . import builders


def remote(
    *units: Mapping[str, str], app: Mapping[str, str] | None = None
) -> integration.RemoteData:
    named = {f"redis/{number}": unit for number, unit in enumerate(units)}
    return integration.RemoteData(app=app or {}, units=named)


def read(*units: Mapping[str, str], app: Mapping[str, str] | None = None) -> str:
    data = redis.INTEGRATION.read(remote(*units, app=app))
    assert data is not None
    return redis.INTEGRATION.properties(data)["connect_string"]


UNIT = {"hostname": "10.1.0.5", "port": "6379"}


def test_nothing_is_asked_for():
    bag = redis.INTEGRATION.request(builders.site())
    assert (bag.app, bag.unit) == ({}, {})


def test_a_unit_says_where_redis_is():
    assert read(UNIT) == "redis://10.1.0.5:6379"


def test_the_leader_host_wins():
    assert read(UNIT, app={"leader-host": "redis-0.redis"}) == "redis://redis-0.redis:6379"


def test_b31_the_first_unit_counts_whatever_the_others_say():
    assert read(UNIT, {"hostname": "10.1.0.9", "port": "1"}) == "redis://10.1.0.5:6379"


@pytest.mark.parametrize(
    "incomplete",
    [
        {},
        {"hostname": "10.1.0.5"},
        {"port": "6379"},
        {"hostname": "10.1.0.5", "port": "None"},
        {"hostname": "None", "port": "6379"},
        {"hostname": "", "port": "6379"},
    ],
)
def test_b15b_a_unit_that_is_still_starting_is_passed_over(incomplete):
    assert redis.INTEGRATION.read(remote(incomplete)) is None
    assert read(incomplete, UNIT) == "redis://10.1.0.5:6379"


def test_credentials_are_not_part_of_the_protocol():
    assert read({**UNIT, "password": "hunter2", "username": "u"}) == "redis://10.1.0.5:6379"


def test_an_address_of_ip_version_6_stands_in_brackets():
    assert read({**UNIT, "hostname": "fd00::1"}) == "redis://[fd00::1]:6379"


@pytest.mark.parametrize(
    "change",
    [
        {"port": "web"},
        {"port": "0"},
        {"port": "65536"},
        {"hostname": "a/b"},
        {"hostname": "a b"},
        {"hostname": "u:p@host"},
        {"hostname": "a,b"},
        {"hostname": "host:1"},
    ],
)
def test_an_address_that_is_none_is_refused(change):
    with pytest.raises((pydantic.ValidationError, errors.RelationDataError)):
        redis.INTEGRATION.read(remote({**UNIT, **change}))
