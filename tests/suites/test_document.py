from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from paas_app_charmer.suites import document

FILE = "charmcraft.yaml"
_TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=12)
_LINES = st.lists(_TEXTS, max_size=4).map("\n".join)
_TRAPS = st.sampled_from(
    ["on", "yes", "n", "0.1", "1e5", "0o7", "12:30", "null", "~", "", "2024-01-01", "0x1f", "<<"]
)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    _LINES,
    _TRAPS,
)
_KEYS = st.one_of(_TRAPS, st.from_regex(r"[a-z][a-z0-9/ -]{0,9}", fullmatch=True))
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=3)
    ),
    max_leaves=12,
)
CONTENTS = st.dictionaries(_KEYS, _VALUES, max_size=4)


def load(text):
    return document.load(text, FILE)


@given(CONTENTS)
def test_what_is_written_is_read_again(content):
    assert load(document.dump(content)) == (content, ())


@given(CONTENTS)
def test_every_yaml_reader_understands_it_alike(content):
    assert yaml.safe_load(document.dump(content)) == content


@given(CONTENTS)
def test_writing_what_was_read_gives_the_same_text(content):
    once = document.dump(content)
    assert document.dump(load(once)[0] or {}) == once


@given(st.one_of(st.text(), st.text(alphabet="a:-[]{}&*!<>|'\"#\n\t ?,%@0")))
def test_no_text_makes_reading_raise(text):
    content, findings = load(text)
    assert content is not None or findings
    assert all(str(one).isprintable() for one in findings)


def test_keys_keep_their_order_and_lists_are_indented():
    text = "name: b\nbase: ubuntu@24.04\nextensions:\n  - flask-framework\n"
    assert document.dump(load(text)[0] or {}) == text


def test_a_text_of_several_lines_is_written_as_such():
    assert document.dump({"a": {"b": "one\ntwo\n"}}) == "a:\n  b: |\n    one\n    two\n"


def test_a_long_line_is_not_folded():
    text = "word " * 100 + "end"
    assert document.dump({"a": text}) == f"a: {text}\n"


def test_a_value_that_stands_twice_is_written_twice():
    shared = ["x"]
    assert document.dump({"a": shared, "b": shared}) == "a:\n  - x\nb:\n  - x\n"


def test_a_key_without_a_value_stays_one():
    assert document.dump({"platforms": {"amd64": None}}) == "platforms:\n  amd64:\n"


@pytest.mark.parametrize(
    "text", ["0.1", "on", "yes", "y", "1e5", "0o17", "12:30", "null", "1_000"]
)
def test_a_text_that_some_yaml_takes_for_something_else_is_quoted(text):
    assert document.dump({"version": text}) == f"version: '{text}'\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", f"{FILE}: is empty"),
        ("# only a remark\n", f"{FILE}: is empty"),
        ("- a\n", f"{FILE}:1: should be a mapping of keys to values, not a list"),
        ("# first\njust words\n", f"{FILE}:2: should be a mapping of keys to values, not a text"),
        ("a: 1\nb: 2\na: 3\n", f"{FILE}:3: `a` was set in line 1 already"),
        ("a:\n  b: 1\n  b: 2\n", f"{FILE}:3: `b` was set in line 2 already"),
        (
            "config:\n  options:\n    on: {type: int}\n",
            f"{FILE}:3: the key `on` is read as true, not as a text; put it into quotes: 'on'",
        ),
        (
            "1: a\n",
            (
                f"{FILE}:1: the key `1` is read as the number 1, not as a text; "
                "put it into quotes: '1'"
            ),
        ),
        ("? [a]\n: b\n", f"{FILE}:1: a key should be a text, not a list"),
        (
            "name: !!python/object:os.system x\n",
            f"{FILE}:1: the tag `!!python/object:os.system` means nothing here; leave it out",
        ),
        ("name: !mine {}\n", f"{FILE}:1: the tag `!mine` means nothing here; leave it out"),
        (
            "version: 2024-01-01\n",
            (
                f"{FILE}:1: `2024-01-01` is read as a date, not as a text; "
                "put it into quotes: '2024-01-01'"
            ),
        ),
        ("limit: .inf\n", f"{FILE}:1: `.inf` is no usable number"),
        ("limit: !!int many\n", f"{FILE}:1: `many` is no usable number"),
        ("a: &a [*a]\n", f"{FILE}:1: `*a` stands inside of what it names"),
        (
            "a: *stars\n",
            (
                f"{FILE}:1: there is no `&stars` before this `*stars`; "
                "put a text that begins with `*` into quotes"
            ),
        ),
        (
            "a: 1\n---\nb: 2\n",
            (
                f"{FILE}:2: a second document begins here; "
                "write one document to a file, without a second `---`"
            ),
        ),
        ("a:\n\t- b\n", f"{FILE}:2: is not YAML: a tab indents this line; indent with spaces"),
        (
            "summary: it: is\n",
            (
                f"{FILE}:1: is not YAML: mapping values are not allowed in this context; put a "
                "text that holds `: ` into quotes, and indent the keys of one mapping alike"
            ),
        ),
        ("a: {<<: 1}\n", f"{FILE}:1: `<<` should name a mapping, not the number 1"),
    ],
)
def test_a_problem_is_told_with_its_line_and_what_to_write(text, told):
    assert [str(one) for one in load(text)[1]] == [told]


def test_all_problems_of_a_file_are_told_at_once():
    _, findings = load("a: 1\na: 2\nyes: 3\nb: !x y\n")
    assert [one.line for one in findings] == [2, 3, 4]


def test_what_is_left_without_the_problems_can_be_checked_on():
    assert load("a: 1\na: 2\non: 3\nb: 4\n")[0] == {"a": 1, "b": 4}


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 200_000,
        "- " * 200_000 + "x",
        "\n".join(" " * n + "a:" for n in range(500)),
        "{b: " * 5000,
    ],
)
def test_deep_nesting_is_refused_and_does_not_exhaust_the_stack(text):
    content, findings = load(text)
    assert content is None
    assert "nested too deeply" in findings[0].what


def test_aliases_that_unfold_to_very_much_are_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 20)]
    content, findings = load("\n".join(lines))
    assert content is None
    assert "too large" in findings[0].what


def test_aliases_that_unfold_to_a_deep_nesting_are_refused():
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 300))]
    assert load("\n".join(lines))[0] is None


def test_an_alias_and_a_merge_key_mean_what_yaml_says():
    text = "one: &one {limit: 1, optional: true}\nnext:\n  <<: *one\n  optional: false\nb: *one\n"
    content, findings = load(text)
    assert findings == ()
    assert content == {
        "one": {"limit": 1, "optional": True},
        "next": {"limit": 1, "optional": False},
        "b": {"limit": 1, "optional": True},
    }
