"""A dialect as a table: which names are given, and what stands under them."""

from __future__ import annotations

from typing import Any

import pytest

from paas_app_charmer import env, naming

GIVEN = {"user": "app", "kind": "plain"}


def given(**changes: Any) -> env.Given:
    ready: dict[str, Any] = {
        "interface": "smtp",
        "endpoint": "mail-relay",
        "namespaces": ("MAIL_RELAY",),
        "properties": GIVEN,
        "options": {"path": "/back"},
    }
    return env.Given(**{**ready, **changes})


def value(rule: naming.Rule, **changes: Any) -> str | None:
    """Return what stands under a name that has this rule."""
    named = naming.named(given(**changes), {"mail.it": rule})
    return named["mail.it"].value if named else None


def test_a_property_stands_under_its_name():
    named = naming.named(given(), {"mail.username": "user"})
    assert named == {"mail.username": env.Named(property="user", value="app")}


def test_a_property_that_is_not_given_has_no_name():
    assert naming.named(given(), {"mail.password": "password"}) == {}


def test_what_is_made_of_a_property_knows_of_which():
    rules: dict[str, naming.Rule] = {"mail.auth": ("kind", naming.when("plain", "true"))}
    assert naming.named(given(), rules)["mail.auth"].property == "kind"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (("", naming.always("none")), "none"),
        (("kind", naming.when("plain", "true", "false")), "true"),
        (("kind", naming.when("secure", "true", "false")), "false"),
        (("kind", naming.when("secure", "true")), None),
        (("absent", naming.when(None, "false")), "false"),
        (("kind", naming.when(None, "false")), None),
        (("user", naming.where_given("TOKEN")), "TOKEN"),
        (("absent", naming.where_given("TOKEN")), None),
        (("user", naming.unless("absent")), "app"),
        (("user", naming.unless("kind")), None),
        (("", naming.option("path")), "/back"),
        (("", naming.option("absent")), None),
        (("user", lambda given, user: f"{user}@{given.endpoint}"), "app@mail-relay"),
    ],
)
def test_a_value_is_made_of_what_is_given(rule, expected):
    assert value(rule) == expected


def test_a_name_may_hold_the_endpoints():
    named = naming.named(given(), {"login.{endpoint}.user": "user"})
    assert named.keys() == {"login.mail-relay.user"}


def test_only_the_main_endpoint_has_the_names_that_all_share():
    rules: dict[str, naming.Rule] = {"mail.user": "user", "login.{endpoint}.user": "user"}
    named = naming.named(given(is_main=False), rules)
    assert named.keys() == {"login.mail-relay.user"}


@pytest.mark.parametrize(("name", "shared"), [("mail.user", True), ("{endpoint}.user", False)])
def test_names_with_the_endpoint_in_them_are_not_shared(name, shared):
    assert naming.is_shared({name: "user"}) is shared
