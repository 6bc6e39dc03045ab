"""Options in a service's command change while every other character stays."""

from __future__ import annotations

import shlex

import hypothesis
import hypothesis.strategies as st
import pytest

from paas_app_charmer import errors
from paas_app_charmer.servers import commandline

FLAGS = ("-k", "--worker-class")

quoted = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0\n"), max_size=10
).map(shlex.quote)
words = quoted.filter(lambda word: word not in {"-k", "[", "]"})
blanks = st.sampled_from([" ", "  ", "\t"])
commands = st.lists(st.tuples(words, blanks), max_size=4).map(
    lambda pairs: "".join(word + blank for word, blank in pairs)
)


@hypothesis.given(before=commands, after=commands, gap=blanks, old=words, value=words)
def test_b38_a_replaced_value_leaves_every_other_character(before, after, gap, old, value):
    hypothesis.assume("--worker-class=" not in before)
    command = f"{before}-k{gap}{old} {after}"
    plain = shlex.split(value)[0]
    changed = commandline.replace_value(command, plain, *FLAGS)
    assert changed == f"{before}-k{gap}{shlex.quote(plain)} {after}"


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        ("g 'app:make(\"a b\")' -k [ sync ]", "g 'app:make(\"a b\")' -k [ gevent ]"),
        ("g -k sync app", "g -k gevent app"),
        ("g -ksync app", "g -kgevent app"),
        ("g -k  'sync'", "g -k  gevent"),
        ("g --worker-class sync app", "g --worker-class gevent app"),
        ("g --worker-class=sync app", "g --worker-class=gevent app"),
        ('g --worker-class="sync" app', "g --worker-class=gevent app"),
        ("g --worker-class= app", "g --worker-class=gevent app"),
        ("g -k", "g -k gevent"),
        ("g -k [ ]", "g -k gevent [ ]"),
    ],
)
def test_b38_the_worker_class_is_replaced_in_every_spelling(command, changed):
    assert commandline.replace_value(command, "gevent", *FLAGS) == changed


@pytest.mark.parametrize("command", ["g app", "", "g '-k sync'", "g --worker-classes=x"])
def test_a_command_without_the_option_is_told_from_one_with_it(command):
    assert commandline.replace_value(command, "gevent", *FLAGS) is None
    assert commandline.value_of(command, *FLAGS) is None


@pytest.mark.parametrize(
    ("command", "value"),
    [
        ("e --listen=:9125", ":9125"),
        ("e --listen :9125", ":9125"),
        ("e --listen='a b'", "a b"),
        ("e --listen [ :1 ]", ":1"),
        ("e --listen", ""),
    ],
)
def test_the_value_of_an_option_is_found(command, value):
    assert commandline.value_of(command, "--listen") == value


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        ("e", "e --listen=:1"),
        ("e --listen=:9", "e --listen=:1"),
        ("e --listen :9 x", "e --listen :1 x"),
        ("e [ -v ]", "e --listen=:1 [ -v ]"),
    ],
)
def test_an_option_is_set_where_pebble_accepts_it(command, changed):
    assert commandline.set_value(command, ":1", "--listen") == changed


def test_a_set_value_is_quoted_if_need_be():
    assert commandline.set_value("e", "a b", "--listen") == "e --listen='a b'"


def test_the_brackets_of_a_layer_are_no_arguments():
    assert commandline.words("g 'a b' -k [ sync ]") == ("g", "a b", "-k", "sync")


def test_a_quote_that_does_not_end_is_told():
    with pytest.raises(errors.WorkloadError, match="No closing quotation"):
        commandline.words("g 'app")


@hypothesis.given(st.text())
def test_any_text_is_searched_without_an_error(command):
    commandline.value_of(command, *FLAGS)
    commandline.replace_value(command, "gevent", *FLAGS)
    commandline.set_value(command, "gevent", "--worker-class")
