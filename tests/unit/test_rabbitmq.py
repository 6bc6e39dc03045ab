"""RabbitMQ: one broker to go to, all of them for when it is lost, from either of its charms."""

from __future__ import annotations

from collections.abc import Mapping

import pydantic
import pytest

from paas_app_charmer import errors, integration
from paas_app_charmer.integrations import rabbitmq

from . import builders

KUBERNETES = {"hostname": "rabbitmq-endpoints", "password": "hunter2"}
MACHINES = (
    {"hostname": "10.0.0.5", "password": "hunter2"},
    {"hostname": "10.0.0.6", "password": "hunter2"},
)


def data_of(
    *units: Mapping[str, str], app: Mapping[str, str] | None = None
) -> rabbitmq.RabbitMQ | None:
    remote = integration.RemoteData(
        app=app or {},
        units={f"rabbitmq/{number}": unit for number, unit in enumerate(units)},
        site=builders.site(endpoint="rabbitmq"),
    )
    return rabbitmq.INTEGRATION.read(remote)


def read(*units: Mapping[str, str], app: Mapping[str, str] | None = None) -> Mapping[str, str]:
    data = data_of(*units, app=app)
    assert data is not None
    return rabbitmq.INTEGRATION.properties(data)


def test_a_user_and_the_virtual_host_are_asked_for():
    bag = rabbitmq.INTEGRATION.request(builders.site())
    assert (bag.app, bag.unit) == ({"username": "shop", "vhost": "/"}, {})


def test_the_charm_on_kubernetes_answers_for_the_application():
    assert read(app=KUBERNETES) == {
        "connect_string": "amqp://shop:hunter2@rabbitmq-endpoints:5672/%2F",
        "scheme": "amqp",
        "netloc": "shop:hunter2@rabbitmq-endpoints:5672",
        "path": "/%2F",
        "params": "",
        "query": "",
        "fragment": "",
        "username": "shop",
        "password": "hunter2",
        "hostname": "rabbitmq-endpoints",
        "port": "5672",
        "vhost": "/",
        "connect_strings": "amqp://shop:hunter2@rabbitmq-endpoints:5672/%2F",
    }


def test_the_charm_on_machines_answers_for_each_unit():
    found = read(*MACHINES)
    first, second = (f"amqp://shop:hunter2@10.0.0.{number}:5672/%2F" for number in (5, 6))
    assert found["connect_string"] == first
    assert found["connect_strings"] == f"{first},{second}"


def test_the_application_is_chosen_and_its_units_are_listed():
    found = read(*MACHINES, app=KUBERNETES)
    assert found["hostname"] == "rabbitmq-endpoints"
    assert "rabbitmq-endpoints" not in found["connect_strings"]
    assert found["connect_strings"].count("amqp://") == len(MACHINES)


def test_a_unit_that_has_no_password_yet_is_listed_all_the_same():
    found = read({"hostname": "10.0.0.4"}, *MACHINES)
    assert found["hostname"] == "10.0.0.5"
    assert found["connect_strings"].startswith("amqp://shop:hunter2@10.0.0.4:5672/%2F,")


def test_units_behind_one_name_are_listed_once():
    found = read(MACHINES[0], MACHINES[0])
    assert found["connect_strings"] == found["connect_string"]


@pytest.mark.parametrize(
    "app",
    [
        {},
        {"hostname": "rabbitmq"},
        {"password": "hunter2"},
        {"hostname": "", "password": "hunter2"},
        {"hostname": "None", "password": "hunter2"},
    ],
)
def test_b15b_data_without_a_host_or_a_password_are_waited_for(app: Mapping[str, str]):
    assert data_of(app=app) is None
    assert data_of(app) is None
    assert read(app, MACHINES[1], app=app)["hostname"] == "10.0.0.6"


def test_b15b_a_missing_host_is_not_called_none():
    starting = {"hostname": "None", "password": "hunter2"}
    assert "None" not in read(starting, *MACHINES)["connect_strings"]


def test_b15_a_password_is_encoded_in_urls_and_plain_by_itself():
    found = read(app={**KUBERNETES, "password": "p@ss/w:rd#%"})
    assert found["password"] == "p@ss/w:rd#%"
    url = "amqp://shop:p%40ss%2Fw%3Ard%23%25@rabbitmq-endpoints:5672/%2F"
    assert (found["connect_string"], found["connect_strings"]) == (url, url)


def test_an_address_of_ip_version_6_stands_in_brackets():
    found = read(app={**KUBERNETES, "hostname": "fd00::1"})
    assert found["hostname"] == "fd00::1"
    assert found["netloc"].endswith("@[fd00::1]:5672")


@pytest.mark.parametrize("hostname", ["a b", "a/b", "u:p@h", "h:1", "a,b", "[h]", "h?x", "h#x"])
def test_b20_a_host_that_is_none_is_refused(hostname: str):
    refusals = (pydantic.ValidationError, errors.RelationDataError)
    with pytest.raises(refusals):
        data_of(app={**KUBERNETES, "hostname": hostname})
    with pytest.raises(refusals):
        data_of({"hostname": hostname}, app=KUBERNETES)


def test_the_variables_have_no_db_in_their_names():
    given = builders.values(builders.seen(endpoints=(builders.endpoint("rabbitmq"),)))
    found = {name for name in given if name.startswith("RABBITMQ_")}
    assert not {name for name in found if "_DB" in name}
    assert "RABBITMQ_NAME" not in found
    assert given["RABBITMQ_VHOST"] == "/"
