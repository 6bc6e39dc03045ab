"""The extension of a charm, for every suite and both generations."""

from __future__ import annotations

import copy
import pathlib
import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paas_app_charmer import project
from paas_app_charmer.suites import (
    bases,
    catalogue,
    charm,
    document,
    expansion,
    generated,
    words,
)

from . import rocks

ROOT = pathlib.Path(__file__).parents[2]
ASKED = {re.split(r"[<>=~!; ]", name)[0] for name in project.dependencies(project.read(ROOT))}
"""What this library itself asks for."""
FILE = "charmcraft.yaml"

CASES = [
    (suite, base, generation)
    for suite in catalogue.SUITES.values()
    for base, generation in suite.bases("charm").items()
]
every = pytest.mark.parametrize(
    ("suite", "base", "generation"),
    CASES,
    ids=[f"{suite.framework}-{base}" for suite, base, _ in CASES],
)
everywhere = pytest.mark.parametrize(
    ("suite", "base"),
    [case[:2] for case in CASES],
    ids=[f"{suite.framework}-{base}" for suite, base, _ in CASES],
)
each = pytest.mark.parametrize(
    "suite", catalogue.SUITES.values(), ids=lambda suite: suite.framework
)


def project_of(files: dict[str, str] | None = None) -> project.Project:
    """Return a folder with these files; one without content is there, but of no interest."""
    texts = {"src/charm.py": "", **(files or {})}
    paths = {
        "/".join(path.split("/")[: n + 1]) for path in texts for n in range(path.count("/") + 1)
    }
    return project.Project(paths=frozenset(paths), texts=texts)


def author(suite: catalogue.Suite, base: str | None = None, **more: Any) -> dict[str, Any]:
    """Return the least that an author writes, and more."""
    return {
        "name": "my-app",
        "type": "charm",
        "base": base or suite.default_base,
        "platforms": {"amd64": None},
        "summary": "An app",
        "description": "An app.",
        "extensions": [suite.name],
        **more,
    }


def expand(content: dict[str, Any], files: dict[str, str] | None = None) -> expansion.Expansion:
    return charm.expand(project_of(files), content)


def written(text: str) -> dict[str, Any]:
    content, findings = document.load(text, FILE)
    assert findings == ()
    assert content is not None
    return dict(content)


@every
def test_the_least_file_expands_without_a_word_unless_it_is_experimental(suite, base, generation):
    findings = expand(author(suite, base)).findings
    assert [(one.key, one.severity) for one in findings] == (
        [("base", "warning")] if generation in suite.experimental else []
    )


@every
def test_the_expansion_has_what_is_derived_from_the_models(suite, base, generation):
    content = expand(author(suite, base)).content
    derived = generated.charm(suite)[generation]
    assert {key: content[key] for key in derived} == derived
    assert "extensions" not in content


def test_all_that_the_library_asks_for_is_taken_as_wheels():
    part = expand(author(catalogue.SUITES["flask-framework"], "ubuntu@24.04")).content["parts"]
    assert set(part["charm"]["charm-binary-python-packages"]) == ASKED


@everywhere
def test_what_the_author_wrote_stays_first_and_as_it_was(suite, base):
    wrote = author(suite, base)
    content = expand(wrote).content
    kept = [key for key in wrote if key != "extensions"]
    assert list(content)[: len(kept)] == kept
    assert {key: content[key] for key in kept} == {key: wrote[key] for key in kept}


@every
def test_the_charm_part_needs_no_rust_toolchain(suite, base, generation):
    part = expand(author(suite, base)).content["parts"]["charm"]
    assert (
        part
        == {
            "first": {
                "plugin": "charm",
                "source": ".",
                "charm-binary-python-packages": sorted(ASKED, key=str.lower),
            },
            "second": {"plugin": "uv", "source": ".", "build-snaps": ["astral-uv"]},
        }[generation]
    )


@everywhere
def test_no_library_is_fetched_and_the_authors_own_stay(suite, base):
    own = [{"lib": "mine.lib", "version": "0"}]
    assert "charm-libs" not in expand(author(suite, base)).content
    assert expand(author(suite, base, **{"charm-libs": own})).content["charm-libs"] == own


@everywhere
def test_paas_config_and_custom_rules_are_packed_where_they_are_there(suite, base):
    dumped = {"plugin": "dump", "source": "."}
    config = {"paas-config.yaml": "prometheus:\n"}
    cos = {"cos_custom/grafana_dashboards/mine.json": ""}
    part = expand(author(suite, base), config).content["parts"]["config"]
    assert part == {**dumped, "stage": ["paas-config.yaml"]}
    part = expand(author(suite, base), cos).content["parts"]["config"]
    assert part == {**dumped, "stage": ["cos_custom"]}
    part = expand(author(suite, base), {**config, **cos}).content["parts"]["config"]
    assert part == {**dumped, "stage": ["paas-config.yaml", "cos_custom"]}
    assert "config" not in expand(author(suite, base)).content["parts"]


FULL = """\
name: my-app
type: charm
base: {base}
platforms:
  amd64:
  arm64:
summary: An app
description: |
  An app.

  It has everything.
extensions:
  - {name}
links:
  website: https://example.com
charm-user: non-root
config:
  options:
    token:
      type: secret
      optional: false
    colour:
      type: string
      required: true
      description: "Text: with a colon"
    size:
      type: int
      default: 0
requires:
  postgresql:
    interface: postgresql_client
    optional: false
    limit: 1
  oidc:
    interface: oauth
    limit: 1
provides:
  status:
    interface: my-status
actions:
  greet:
    description: Say hello.
    params:
      name:
        type: string
    required: [name]
charm-libs:
  - lib: mine.lib
    version: "0"
parts:
  notes:
    plugin: dump
    source: .
    stage: [notes.txt]
"""


@every
def test_a_file_with_everything_expands_to_all_of_it(suite, base, generation):
    wrote = written(FULL.format(base=base, name=suite.name))
    expanded = expand(wrote, {"paas-config.yaml": "port: 9000\n"})
    content, ours = expanded.content, generated.charm(suite)[generation]
    assert expanded.errors == ()
    assert list(content["config"]["options"]) == [
        *("token", "colour", "size"),
        *ours["config"]["options"],
        *(name.format(endpoint="oidc") for name in generated.charm(suite)["dynamic"]["oauth"]),
    ]
    assert list(content["requires"]) == ["postgresql", "oidc", "logging", "ingress"]
    assert list(content["provides"]) == ["status", "metrics-endpoint", "grafana-dashboard"]
    assert list(content["actions"]) == ["greet", *ours["actions"]]
    assert list(content["parts"]) == ["notes", "charm", "config"]
    assert content["charm-user"] == "non-root"
    assert content["links"] == wrote["links"]


@everywhere
def test_expanding_an_expansion_gives_the_same_text(suite, base):
    files = {"paas-config.yaml": "port: 9000\n", "cos_custom/loki_alert_rules/a.rule": ""}
    once = document.dump(expand(written(FULL.format(base=base, name=suite.name)), files).content)
    again = expand(written(once), files)
    assert document.dump(again.content) == once
    assert again.errors == ()


@everywhere
def test_expanding_changes_neither_what_it_is_given_nor_what_it_gives_later(suite, base):
    wrote = written(FULL.format(base=base, name=suite.name))
    before = copy.deepcopy(wrote)
    first = expand(wrote)
    told = document.dump(first.content)
    first.content["config"]["options"].clear()
    first.content["parts"]["charm"].clear()
    first.content["requires"]["postgresql"].clear()
    assert wrote == before
    assert document.dump(expand(wrote).content) == told


@pytest.mark.parametrize("extensions", [None, []])
def test_a_file_without_an_extension_is_left_as_it_is(extensions):
    wrote = {**author(catalogue.SUITES["flask-framework"]), "extensions": extensions}
    content = expand(wrote).content
    assert content == {key: value for key, value in wrote.items() if key != "extensions"}


@pytest.mark.parametrize(
    ("extensions", "told"),
    [
        (
            ["falsk-framework"],
            "there is no extension `falsk-framework`; did you mean `flask-framework`?",
        ),
        (
            ["mine"],
            f"there is no extension `mine`; there is {words.listed(rocks.SUITES, 'and')}",
        ),
        (
            ["flask-framework", "django-framework"],
            "an application has one framework, not `flask-framework` and `django-framework`",
        ),
    ],
)
def test_an_extension_that_cannot_be_is_told(extensions, told):
    wrote = {**author(catalogue.SUITES["flask-framework"]), "extensions": extensions}
    assert [str(one) for one in expand(wrote).errors] == [f"{FILE}: extensions: {told}"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({}, ()),
        ({"base": "ubuntu@24.04"}, ("ubuntu@24.04",)),
        ({"platforms": {"ubuntu@24.04:amd64": None}}, ("ubuntu@24.04",)),
        (
            {"platforms": {"mine": {"build-on": "amd64", "build-for": "ubuntu@24.04:arm64"}}},
            ("ubuntu@24.04",),
        ),
        (
            {"platforms": {"mine": {"build-for": ["ubuntu@24.04:arm64"]}}},
            ("ubuntu@24.04",),
        ),
        (
            {"base": "ubuntu@24.04", "platforms": {"ubuntu@26.04:amd64": None, "amd64": None}},
            ("ubuntu@24.04", "ubuntu@26.04"),
        ),
        ({"bases": [{"name": "ubuntu", "channel": "22.04"}]}, ("ubuntu@22.04",)),
        (
            {
                "bases": [
                    {
                        "build-on": [{"name": "ubuntu", "channel": "22.04"}],
                        "run-on": [{"name": "ubuntu", "channel": "24.04"}],
                    }
                ]
            },
            ("ubuntu@22.04",),
        ),
        ({"bases": [{"name": "ubuntu", "channel": 22.04}]}, ("ubuntu@22.04",)),
        ({"base": 24.04, "platforms": ["amd64"], "bases": {"a": 1}}, ()),
    ],
)
def test_bases_are_found_wherever_they_may_stand(content, found):
    assert bases.of_charm(content) == found


def told_of_bases(content):
    return [str(one) for one in expand(content).findings]


def choice_of(suite):
    *front, last = [f"`{base}`" for base in suite.bases("charm")]
    return f"write `base:` with {', '.join(front)} or {last}"


@each
def test_a_charm_of_two_bases_is_refused_before_its_names_are_chosen(suite):
    wrote = author(suite, "ubuntu@24.04", platforms={"ubuntu@26.04:amd64": None})
    assert told_of_bases(wrote) == [
        (
            f"{FILE}: base: a charm of {suite.name} is for one base, not for `ubuntu@24.04` and "
            f"`ubuntu@26.04`; {choice_of(suite)}"
        )
    ]


@each
def test_a_base_of_no_generation_is_refused(suite):
    assert told_of_bases(author(suite, "ubuntu@20.04")) == [
        f"{FILE}: base: {suite.name} is not for `ubuntu@20.04`; {choice_of(suite)}"
    ]


@each
def test_a_charm_has_to_name_its_base(suite):
    wrote = author(suite)
    del wrote["base"]
    assert told_of_bases(wrote) == [f"{FILE}: base: no base is named; {choice_of(suite)}"]


@each
def test_a_base_in_a_platform_chooses_the_generation(suite):
    wrote = author(suite, platforms={"ubuntu@26.04:amd64": None})
    del wrote["base"]
    assert "peers" in expand(wrote).content["peers"]


def test_expanding_imports_nothing_that_is_slow():
    code = (
        "import sys, pathlib\n"
        "from paas_app_charmer import project\n"
        "from paas_app_charmer.suites import charm, document\n"
        "charm.expand(project.read(pathlib.Path('.')), {'extensions': ['flask-framework']})\n"
        "print(sorted({'pydantic', 'ops', 'rich', 'importlib.metadata'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


_WORDS = st.sampled_from(
    [
        *("name", "interface", "oauth", "ingress", "options", "type", "default", "optional"),
        *("charm", "string", "ubuntu@24.04:amd64", "build-for", "build-on", "channel", "\n"),
    ]
)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), _WORDS),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(_WORDS, inner)),
    max_leaves=10,
)
_KEYS = st.sampled_from(
    [
        *("type", "base", "bases", "platforms", "config", "requires", "provides", "peers"),
        *("parts", "actions", "assumes", "containers", "resources", "storage", "charm-libs"),
    ]
)


@settings(max_examples=60)
@given(st.dictionaries(_KEYS, _VALUES), st.sampled_from(["", "port: 1", "[", "prometheus: [1]"]))
def test_no_content_makes_expanding_raise(content, config):
    for suite in catalogue.SUITES.values():
        expanded = expand({"extensions": [suite.name], **content}, {"paas-config.yaml": config})
        assert all(str(one).isprintable() for one in expanded.findings)
