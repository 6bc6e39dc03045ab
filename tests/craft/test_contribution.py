"""What is handed to Charmcraft comes out of its merge as our own expansion."""

from __future__ import annotations

import json
import subprocess

import hypothesis
import pytest
from hypothesis import strategies

from paas_app_charmer.craft import contribution
from paas_app_charmer.suites import expansion

pytestmark = pytest.mark.timeout(400)

THEIRS = """
import json, sys, types
from charmcraft.extensions import _utils
for line in sys.stdin:
    author, snippet = json.loads(line)
    extension = types.SimpleNamespace(
        get_root_snippet=lambda: snippet,
        get_part_snippet=lambda: {},
        get_parts_snippet=lambda: {},
    )
    _utils._apply_extension(author, extension)
    print(json.dumps(author), flush=True)
"""

NAMES = strategies.sampled_from("ab")
VALUES = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers(0, 1) | NAMES,
    lambda inner: (
        strategies.lists(inner, max_size=3) | strategies.dictionaries(NAMES, inner, max_size=2)
    ),
    max_leaves=6,
)
FILES = strategies.dictionaries(NAMES, VALUES, max_size=2).map(lambda file: {**file, "parts": {}})


@pytest.fixture(scope="module")
def charmcraft_merges(charmcraft):
    with subprocess.Popen(
        [charmcraft.parent / "python", "-c", THEIRS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def merge(author, snippet):
            print(json.dumps([author, snippet]), file=process.stdin, flush=True)
            return process.stdout.readline().strip()

        yield merge
        process.stdin.close()


@hypothesis.given(author=FILES, ours=FILES)
@hypothesis.settings(max_examples=1000, deadline=None)
def test_whatever_is_written_and_contributed(charmcraft_merges, author, ours):
    wanted = expansion.merge(author, ours)
    snippet = contribution.contribution(author, wanted)
    assert charmcraft_merges(author, snippet) == json.dumps(wanted)


@pytest.mark.parametrize("value", [False, 0, "", [], {}])
def test_what_counts_as_false_stays_as_the_author_wrote_it(charmcraft_merges, value):
    author = {"parts": {"p": {"key": value}}}
    wanted = expansion.merge(author, {"parts": {"p": {"key": "ours"}, "q": {}}})
    snippet = contribution.contribution(author, wanted)
    merged = json.loads(charmcraft_merges(author, snippet))
    assert merged["parts"] == {"p": {"key": value}, "q": {}}
