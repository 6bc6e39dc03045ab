"""The sentences of `env --explain`, for whatever the charm may give an application."""

from __future__ import annotations

import dataclasses
import typing

import pytest

from paas_app_charmer import env
from paas_app_charmer.local import explanation

OPTIONS = {
    "greeting": {"source": "user", "default": None},
    "colour": {"source": "user", "default": "red"},
    "size": {"source": "default", "default": 5},
    "flask-secret-key": {"source": "user", "default": None},
}
DEPLOYMENT = explanation.Deployment(
    application="shop", interfaces={}, neighbours={"s3": "store"}, options=OPTIONS
)


def origin(kind, name="", property=""):  # noqa: A002 - the word of the field
    return env.Origin(kind=kind, name=name, property=property)


def removal(*words):
    return explanation.removal(origin(*words), DEPLOYMENT)


@pytest.mark.parametrize(
    ("name", "words", "rule"),
    [
        (
            "POSTGRESQL_DB_READ_ONLY_ENDPOINTS",
            ("integration", "postgresql", "read_only_endpoints"),
            "properties of postgresql become POSTGRESQL_DB_<PROPERTY>",
        ),
        (
            "ARCHIVE_PORT",
            ("integration", "archive", "port"),
            "properties of archive become ARCHIVE_<PROPERTY>",
        ),
        (
            "FLASK_MY-LOGIN_CLIENT_ID",
            ("integration", "my-login", "client_id"),
            "properties of my-login become FLASK_MY-LOGIN_<PROPERTY>, as older charms spell it",
        ),
        (
            "spring.datasource.url",
            ("integration", "mysql", "connect_string"),
            "the framework's name for the property connect_string of mysql",
        ),
        (
            "spring.jpa.hibernate.ddl-auto",
            ("integration", "mysql"),
            "the framework adds it to the properties of mysql",
        ),
        ("FLASK_X_Y", ("option", "x-y"), "an author's option x-y becomes FLASK_X_Y"),
        (
            "FLASK_API_MY_TOKEN",
            ("secret", "api", "my-token"),
            "each key of the secret in an author's option api becomes FLASK_API_<KEY>",
        ),
        (
            "FLASK_DEBUG",
            ("setting", "flask-debug", "debug"),
            "the framework's option flask-debug becomes FLASK_DEBUG",
        ),
        (
            "FLASK_BASE_URL",
            ("url", "ingress", "url"),
            "the URL that ingress gives is the application's",
        ),
    ],
)
def test_a_rule_says_what_made_the_name(name, words, rule):
    assert explanation.rule(name, origin(*words)) == rule


@pytest.mark.parametrize("kind", typing.get_args(env.Kind))
def test_every_kind_of_source_has_a_rule_and_an_end(kind):
    one = origin(kind, "name", "property")
    assert explanation.rule("NAME_PROPERTY", one)
    assert explanation.removal(one, DEPLOYMENT).by


@pytest.mark.parametrize(
    ("words", "rule", "removed_by"),
    [
        (
            ("integration", "s3", "region"),
            "the ecosystem's name for the property region of s3",
            "paas-app-charmer remove-relation s3",
        ),
        (
            ("secret key",),
            "the charm makes a key unless an option has one",
            "environment.names: contract in paas-config.yaml",
        ),
        (
            ("setting", "size", "size"),
            "the framework's option size becomes AWS_REGION",
            "environment.names: contract in paas-config.yaml",
        ),
    ],
)
def test_a_name_of_the_ecosystem_is_there_because_the_author_asked(words, rule, removed_by):
    one = dataclasses.replace(origin(*words), ecosystem=True)
    assert explanation.rule("AWS_REGION", one) == f"environment.names adds it: {rule}"
    assert explanation.removal(one, DEPLOYMENT).by == removed_by


def test_a_kind_that_another_version_of_the_charm_knows_is_no_error():
    one = origin("miracle")
    assert explanation.rule("NAME", one) == ""
    assert explanation.removal(one, DEPLOYMENT).by == ""


@pytest.mark.parametrize("kind", ["integration", "proxy", "url"])
def test_what_an_integration_gives_goes_with_its_relation(kind):
    found = removal(kind, "s3", "bucket")
    assert found.by == "paas-app-charmer remove-relation s3"
    assert found.juju == "juju remove-relation shop:s3 store"


@pytest.mark.parametrize("kind", ["option", "secret", "setting"])
def test_an_option_is_reset(kind):
    assert removal(kind, "greeting", "greeting") == explanation.Removal(
        by="paas-app-charmer config --reset greeting", juju="juju config shop --reset greeting"
    )


def test_an_option_with_a_default_goes_back_to_it():
    assert removal("option", "colour").then == "it is the option's default"


def test_nothing_removes_an_option_that_has_its_default():
    assert removal("option", "size") == explanation.Removal(
        by="nothing: it is the option's default"
    )


def test_without_the_operators_secret_key_the_charm_makes_one():
    found = removal("setting", "flask-secret-key", "secret_key")
    assert found.then == "it is a key that the charm makes"


def test_without_an_ingress_the_base_url_is_the_one_in_the_model():
    assert removal("url", "ingress", "url").then == "it is the address in the model"


def test_the_models_proxy_is_a_setting_of_the_model():
    assert removal("model proxy", "", "no_proxy").juju == (
        "juju model-config --reset juju-no-proxy"
    )


def test_a_single_unit_has_no_peers():
    assert removal("peers").juju == "juju scale-application shop 1"
