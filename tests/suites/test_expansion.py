"""How an extension's contribution is merged into what an author wrote."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paas_app_charmer.suites import expansion

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)
files = st.dictionaries(st.sampled_from("abc"), documents, max_size=3)


@pytest.mark.parametrize("value", [False, 0, "", []])
def test_s01_an_authors_value_counts_however_empty_it_is(value):
    assert expansion.merge({"key": value}, {"key": ["ours"]}) == {"key": value}


def test_a_key_without_a_value_counts_as_absent():
    assert expansion.merge({"requires": None}, {"requires": {"a": 1}}) == {"requires": {"a": 1}}


def test_mappings_merge_with_the_authors_keys_first():
    merged = expansion.merge({"a": {"x": 1}}, {"a": {"w": 0, "x": 2}, "b": 3})
    assert merged == {"a": {"x": 1, "w": 0}, "b": 3}
    assert list(merged["a"]) == ["x", "w"]


def test_lists_of_texts_join_ours_in_front_and_each_text_once():
    merged = expansion.merge({"a": ["z", "x"]}, {"a": ["x", "y"]})
    assert merged == {"a": ["x", "y", "z"]}


def test_lists_of_anything_else_join_as_they_are():
    merged = expansion.merge({"a": [{"k": 1}]}, {"a": [{"k": 1}, {"k": 2}]})
    assert merged == {"a": [{"k": 1}, {"k": 2}, {"k": 1}]}


@given(author=files, ours=files)
def test_merging_changes_neither_side(author, ours):
    before = copy.deepcopy((author, ours))
    expansion.merge(author, ours)
    assert (author, ours) == before


@given(author=files, ours=files)
def test_nothing_of_either_side_is_lost(author, ours):
    merged = expansion.merge(author, ours)
    assert merged.keys() == author.keys() | ours.keys()
    assert list(merged)[: len(author)] == list(author)
