"""The files of all integrations, and what a neighbour may write, whether it means well or not."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import hypothesis.strategies as st

import paas_app_charmer
from paas_app_charmer import env, integration

EXAMPLES = 500
"""Databags that each interface has to stand."""

FILES = sorted(
    path.stem
    for path in (pathlib.Path(paas_app_charmer.__file__).parent / "integrations").glob("*.py")
    if not path.stem.startswith("_")
)


def found(name: str) -> integration.Integration[Any]:
    one = integration.find(name)
    assert one is not None
    return one


SOUND = ("h", "h:1", "6379", "secret:abc", "redis://u:p@h:1/d", '{"url": "http://h/"}')
junk = st.text(max_size=30) | st.sampled_from(
    [
        *("", "None", "null", "{}", "[]", "0", "-1", "secret:abc", "secret:gone", "true"),
        *("h1:1,h2:2", "65536", "[" * 2000, "9" * 5000, "redis://u:p@None/d", *SOUND),
        *('{"url": null}', '{"url": "http://[x/"}', '{"url": 5}'),
    ]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url"]), inner),
    max_leaves=5,
).map(json.dumps)
urls = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "http://", "redis://", "postgresql://u:p@", "://", "a b://"]),
    st.text(":/?#[]@,;%ab1é ", max_size=15),
    st.sampled_from(["", ":1", ":x", ":99999"]),
    st.sampled_from(["", "/", "/d?a=b"]),
)
values = junk | json_values | urls


def bases(one: integration.Integration[Any], keys: list[str]) -> list[dict[str, str]]:
    """Return databags that noise may lie on, for noise alone rarely gets past the first check.

    Many a databag has the names of the model's fields for keys, so the example fits there.
    """
    said = {
        spelling: env.text(value)
        for name, value in one.example.model_dump(mode="json", exclude_none=True).items()
        for spelling in (name, name.replace("_", "-"))
    }
    example = {key: said.get(key, "h") for key in keys}
    return [{}, example, *(dict.fromkeys(keys, value) for value in SOUND)]


def bags(one: integration.Integration[Any], keys: list[str]) -> st.SearchStrategy[dict[str, str]]:
    """Return databags of this interface with up to three values that nobody expects."""
    noise = st.dictionaries(st.sampled_from(keys) | st.text(max_size=10), values, max_size=3)
    return st.builds(dict.__or__, st.sampled_from(bases(one, keys)), noise)
