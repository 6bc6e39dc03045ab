"""What the operator set: whether it can be used, and what is said if not."""

from __future__ import annotations

from typing import Any

import pytest

from paas_app_charmer import options

from . import builders


def option(name: str, kind: str, **fields: Any) -> options.Declared:
    return options.Declared(name=name, type=kind, **fields)


def missing(name: str) -> options.Problem:
    return options.Problem(name=name, reason="required", missing=True)


def invalid(name: str, reason: str = "wrong") -> options.Problem:
    return options.Problem(name=name, reason=reason)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", "text"),
        ("string", ""),
        ("boolean", False),
        ("int", 5),
        ("float", 0.5),
        ("float", 5),
        ("secret", {"key": "value"}),
    ],
)
def test_a_value_of_the_declared_type_is_accepted(kind, value):
    assert options.problems_in([option("a", kind, value=value)]) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", 5),
        ("boolean", "true"),
        ("boolean", 1),
        ("int", "5"),
        ("int", 0.5),
        ("int", True),
        ("float", "0.5"),
        ("float", True),
        ("secret", "secret:abc"),
    ],
)
def test_a_value_of_another_type_is_refused(kind, value):
    (problem,) = options.problems_in([option("a", kind, value=value)])
    assert problem == invalid("a", f"should be of type {kind}")


def test_a_type_that_juju_does_not_have_is_refused():
    (problem,) = options.problems_in([option("a", "list")])
    assert problem == invalid("a", "Invalid option type: list.")


def test_a_required_option_without_a_value_is_missing():
    assert options.problems_in([option("a", "string", required=True)]) == [missing("a")]


def test_a_required_option_that_is_set_is_no_problem():
    assert options.problems_in([option("a", "boolean", required=True, value=False)]) == []


def test_an_option_may_be_unset():
    assert options.problems_in([option("a", "string")]) == []


def test_a_secret_that_cannot_be_read_says_why_and_is_not_missing_too():
    told = option("a", "secret", required=True, problem="grant it")
    assert options.problems_in([told]) == [invalid("a", "grant it")]


@pytest.mark.parametrize(
    ("declaration", "required"),
    [
        ({"optional": False}, True),
        ({"required": True}, True),
        ({"optional": True}, False),
        ({"required": False}, False),
        ({"optional": "false"}, False),
        ({"required": 1}, False),
        ({"type": "string"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_an_option_is_required_in_either_spelling_and_only_by_a_boolean(declaration, required):
    assert options.required(declaration) is required


def test_options_of_the_framework_are_found_by_their_name():
    given = builders.declared(demo_debug=True, webserver_workers=3, other="x")
    chosen, problems = options.parse(builders.DemoOptions, given)
    assert problems == []
    assert chosen == builders.chosen(demo_debug=True, webserver_workers=3)


def test_b25_bad_options_are_values_and_no_exception():
    given = builders.declared(demo_env="", demo_lifetime=0, webserver_threads=0)
    chosen, problems = options.parse(builders.DemoOptions, given)
    assert chosen is None
    assert {p.name for p in problems} == {"demo-env", "demo-lifetime", "webserver-threads"}


@pytest.mark.parametrize(
    ("name", "lowest"),
    [
        ("webserver-workers", 1),
        ("webserver-threads", 1),
        ("webserver-keepalive", 0),
        ("webserver-timeout", 0),
    ],
)
def test_the_servers_numbers_have_a_lower_bound(name, lowest):
    accepted = {name: option(name, "int", value=lowest)}
    refused = {name: option(name, "int", value=lowest - 1)}
    assert options.parse(builders.DemoOptions, accepted)[1] == []
    (problem,) = options.parse(builders.DemoOptions, refused)[1]
    assert problem == invalid(name, f"should be greater than or equal to {lowest}")


def test_the_model_names_its_options_as_the_operator_does():
    assert options.names_of(builders.DemoOptions) >= {"demo-env", "webserver-worker-class"}


def test_a_problem_does_not_tell_the_value():
    _, problems = options.parse(builders.DemoOptions, builders.declared(demo_lifetime="hunter2"))
    assert "hunter2" not in options.message(problems)


def test_a_declared_option_does_not_show_its_value():
    assert "hunter2" not in repr(option("a", "string", value="hunter2"))


def test_b07_the_message_has_no_stray_blanks():
    assert options.message([missing("a")]) == "missing options: a"
    assert options.message([invalid("b")]) == "invalid options: b (wrong)"
    both = options.message([invalid("b"), missing("a")])
    assert both == "missing options: a, invalid options: b (wrong)"


def test_b08_names_stand_in_a_stable_order():
    problems = [invalid("d"), missing("b"), invalid("c"), missing("a")]
    told = "missing options: a, b, invalid options: c (wrong), d (wrong)"
    assert options.message(problems) == options.message(problems[::-1]) == told


def test_the_same_problem_is_told_once():
    assert options.message([missing("a"), missing("a")]) == "missing options: a"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({}, "the secret has no key 'value'"),
        ({"key": "k"}, "the secret has no key 'value'"),
        (
            {"value": "k", "other": "o"},
            "the secret should hold the key 'value' and no other",
        ),
        ({"value": ""}, "should have at least 1 character"),
    ],
)
def test_b09_an_unusable_key_secret_is_told_with_name_and_reason(content, reason):
    declared = {"app-secret-key": option("app-secret-key", "secret", value=content)}
    key, problems = options.secret_key("demo", declared)
    assert key is None
    assert options.message(problems) == f"invalid options: app-secret-key ({reason})"


def test_b09_two_keys_at_the_same_time_are_told_by_both_names():
    declared = {
        "demo-secret-key": option("demo-secret-key", "string", value="a"),
        "demo-secret-key-id": option("demo-secret-key-id", "secret", value={"value": "b"}),
    }
    key, problems = options.secret_key("demo", declared)
    assert key is None
    assert options.message(problems) == (
        "invalid options: demo-secret-key-id "
        "(demo-secret-key is set at the same time; reset one of them)"
    )


@pytest.mark.parametrize(
    "name", ["demo-secret-key", "demo-secret-key-id", "app-secret-key", "app-secret-key-id"]
)
@pytest.mark.parametrize(("kind", "value"), [("string", "k"), ("secret", {"value": "k"})])
def test_b02_the_key_is_taken_from_every_option_and_either_type(name, kind, value):
    assert options.secret_key("demo", {name: option(name, kind, value=value)}) == ("k", [])


def test_an_empty_key_is_refused():
    declared = {"app-secret-key": option("app-secret-key", "string", value="")}
    _, problems = options.secret_key("demo", declared)
    assert problems == [invalid("app-secret-key", "should have at least 1 character")]


def test_without_a_key_option_no_key_is_pinned():
    assert options.secret_key("demo", builders.declared(other="x")) == (None, [])


def test_the_key_option_of_another_framework_is_none_of_ours():
    assert options.secret_key_names("demo", ["flask-secret-key"]) == ()
