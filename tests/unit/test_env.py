"""How values become text, names become variables, and secrets stay out of sight."""

from __future__ import annotations

import urllib.parse

import hypothesis
import hypothesis.strategies as st
import pytest

from paas_app_charmer import env

from . import builders

ROCK = env.Origin(kind="rock")


def secret(value: str) -> env.Variable:
    return env.Variable(value=value, origin=ROCK, secret=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (0.5, "0.5"),
        (["a"], '["a"]'),
    ],
)
def test_text_stays_and_everything_else_becomes_json(value, text):
    assert env.text(value) == text


@pytest.mark.parametrize(
    ("name", "variable"),
    [("token", "TOKEN"), ("max-size", "MAX_SIZE"), ("foo.bar-baz", "FOO_BAR_BAZ")],
)
def test_variable_names_are_upper_case_without_hyphens_and_dots(name, variable):
    assert env.upper_snake(name) == variable


def test_the_mechanical_dialect_puts_the_namespace_in_front():
    named = env.mechanical(builders.given("S3", {"access_key": "x"}))
    assert named == {"S3_ACCESS_KEY": env.Named(property="access_key", value="x")}


def test_the_mechanical_dialect_works_without_a_namespace():
    assert env.mechanical(builders.given("", {"host": "x"})).keys() == {"HOST"}


def test_a_process_is_given_plain_values():
    environment = {"A": env.Variable(value="1", origin=ROCK)}
    assert env.values(environment) == {"A": "1"}


def test_a_variable_does_not_show_its_value():
    assert "hidden" not in repr(env.Variable(value="hidden", origin=ROCK))
    assert "hidden" not in repr(env.Named(property="password", value="hidden"))


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (env.Origin(kind="option", name="greeting"), "option greeting"),
        (env.Origin(kind="secret", name="api", property="token"), "option api"),
        (env.Origin(kind="setting", name="flask-debug", property="debug"), "option flask-debug"),
        (env.Origin(kind="integration", name="s3", property="bucket"), "integration s3"),
        (env.Origin(kind="url", name="ingress"), "integration ingress"),
        (env.Origin(kind="framework", name="django"), "django"),
        (env.Origin(kind="secret key"), "secret key"),
    ],
)
def test_an_origin_reads_in_the_words_of_an_operator(origin, words):
    assert str(origin) == words


def test_what_is_merged_later_wins_and_knows_over_what():
    origins = [ROCK, env.Origin(kind="option", name="a"), env.Origin(kind="peers")]
    environment: dict[str, env.Variable] = {}
    for number, origin in enumerate(origins):
        env.merge(environment, [("A", env.Variable(value=str(number), origin=origin))])
    assert environment["A"].value == "2"
    assert environment["A"].origin == origins[2]
    assert environment["A"].overrides == (origins[0], origins[1])


def test_what_is_merged_keeps_what_it_has_won_over_before():
    option, peers = env.Origin(kind="option", name="a"), env.Origin(kind="peers")
    environment = {"A": env.Variable(value="1", origin=ROCK)}
    env.merge(environment, [("A", env.Variable(value="2", origin=peers, overrides=(option,)))])
    assert environment["A"].overrides == (ROCK, option)


@pytest.mark.parametrize(
    "value",
    [
        "p@ss/w!rd",
        "postgresql://u:p%40ss%2Fw%21rd@h/db",
        "postgresql://u:p%40ss%2fw!rd@h/db",  # lower-case digits, and one character let through
    ],
)
def test_a_secret_is_found_in_every_spelling(value):
    assert env.conceals(value, ["p@ss/w!rd"])


@pytest.mark.parametrize(("value", "hidden"), [("plain", ["secret"]), ("plain", [""])])
def test_a_value_without_a_secret_is_no_secret(value, hidden):
    assert not env.conceals(value, hidden)


@hypothesis.given(st.text(min_size=1), st.text("abcdefghij/@:", max_size=5))
def test_a_percent_encoded_secret_is_found_whatever_it_is(password, around):
    assert env.conceals(around + urllib.parse.quote(password) + around, [password])


def test_redacted_text_has_no_secret_in_either_spelling():
    text = env.redact("with p@ss as p%40ss", {"A": secret("p@ss")})
    assert text == "with *** as ***"


def test_a_secret_that_contains_another_is_redacted_whole():
    environment = {"A": secret("word"), "B": secret("password")}
    assert env.redact("password word", environment) == "*** ***"


def test_what_is_no_secret_is_not_redacted():
    environment = {"A": env.Variable(value="word", origin=ROCK)}
    assert env.redact("a word", environment) == "a word"


def test_a_secret_of_two_characters_does_not_tear_text_apart():
    assert env.redact("no one", {"A": secret("no")}) == "no one"
