from __future__ import annotations

import json
import pathlib

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import paas_app_charmer
from paas_app_charmer.suites import shape

SCHEMAS = pathlib.Path(paas_app_charmer.__file__).parent / "suites" / "schemas"

CHARM = {
    "name": "my-app",
    "type": "charm",
    "base": "ubuntu@24.04",
    "platforms": {"amd64": None},
    "summary": "An app",
    "description": "An app.",
}
ROCK = {
    "name": "my-app",
    "version": "0.1",
    "base": "bare",
    "build-base": "ubuntu@24.04",
    "platforms": {"amd64": None},
    "summary": "An app",
    "description": "An app.",
}


def told(content, schema="charmcraft"):
    return [str(one).removeprefix("f: ") for one in shape.check(content, schema, "f")]


def charm(text, **changes):
    return {**CHARM, **changes, **(yaml.safe_load(text) or {})}


def rock(text):
    return {**ROCK, **(yaml.safe_load(text) or {})}


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_the_schemas_are_schemas(path):
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))


@pytest.mark.parametrize(("content", "schema"), [(CHARM, "charmcraft"), (ROCK, "rockcraft")])
def test_the_least_that_a_file_needs_is_right(content, schema):
    assert told(content, schema) == []


@pytest.mark.parametrize(
    ("content", "schema", "key"),
    [
        *((CHARM, "charmcraft", key) for key in CHARM if key != "base"),
        *((ROCK, "rockcraft", key) for key in ROCK if key != "build-base"),
    ],
)
def test_a_key_that_a_file_needs_is_missed(content, schema, key):
    left = {name: value for name, value in content.items() if name != key}
    (one,) = shape.check(left, schema, "f")
    assert (one.key, one.what, one.severity) == (key, "is missing", "error")


def test_a_version_may_come_from_a_part():
    left = {key: value for key, value in ROCK.items() if key != "version"}
    assert told({**left, "adopt-info": "my-part"}, "rockcraft") == []


def test_platforms_may_stand_in_the_old_list_of_bases():
    left = {key: value for key, value in CHARM.items() if key not in {"base", "platforms"}}
    assert told({**left, "bases": [{"name": "ubuntu", "channel": "22.04"}]}) == []


@pytest.mark.parametrize(
    "text",
    [
        "config: {options: {a: {type: int, default: 5}}}",
        "config: {options: {a: {type: float, default: 5}}}",
        "config: {options: {a: {type: string, default: ''}}}",
        "config: {options: {a: {type: boolean, default: false, description: d}}}",
        "config: {options: {a: {type: secret, default: null}}}",
        "config: {options: {a: {type: int, optional: false}, b: {type: int, required: true}}}",
        "config: {options: }",
        "requires: ",
        "requires: {a: {interface: s3, limit: 1, optional: true, scope: global}}",
        "actions: {a: , b: {description: d, params: {p: {type: string}}, required: [p]}}",
        "actions: {a: {additionalProperties: false, parallel: true}}",
        "platforms: {amd64: {build-on: [amd64], build-for: amd64}}",
        "charm-libs: [{lib: a.b, version: '0'}, {lib: c.d, version: 0.57}]",
        "charm-user: non-root",
        "links: {contact: me, issues: [a, b], website: w, source: s, documentation: d}",
        "assumes: [k8s-api, {any-of: [juju >= 3]}]",
        "parts: {a: {plugin: dump, source: ., stage: [x], organize: {a: b}, anything: 5}}",
        "analysis: {ignore: {linters: [x]}}",
    ],
)
def test_what_a_charm_may_have_is_let_through(text):
    assert told(charm(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "services: {web: {override: replace, command: c, startup: enabled, user: _daemon_}}",
        "services: {web: {environment: {A: b, PORT: 8000}, after: [x], working-dir: /app}}",
        "services: {web: }",
        "checks: {up: {override: replace, http: {url: 'http://localhost'}}}",
        "parts: {flask-framework/install-app: {prime: [flask/app/app.py]}}",
        "parts: {a: {plugin: nil, build-environment: [{A: b}], override-build: x}}",
        "parts: {a: {plugin: nil, stage-packages: [x, on amd64: [y], else: [z]]}}",
        "parts: {a: {plugin: dump, source: [{to arm64: a}, {else: b}]}}",
        "run-user: _daemon_",
        "environment: {A: b}",
        "license: Apache-2.0",
    ],
)
def test_what_a_rock_may_have_is_let_through(text):
    assert told(rock(text), "rockcraft") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "name: My_App",
            (
                "name: should be of lower-case letters, digits and single hyphens; "
                "write for example `name: my-app`"
            ),
        ),
        (f"name: {'a' * 41}", "name: should have at most 40 characters, and has 41"),
        ("summary: ''", "summary: should not be empty"),
        (
            "summary: 1.5",
            "summary: should be a text, not the number 1.5; put it into quotes: '1.5'",
        ),
        ("title: x", "title: should have at least 2 characters"),
        (
            "base: 24.04",
            "base: should be a text, not the number 24.04; write for example `base: ubuntu@24.04`",
        ),
        (
            "platforms: [amd64]",
            (
                "platforms: should be a mapping, not a list; "
                "write the line `amd64:` under `platforms:`"
            ),
        ),
        (
            "extensions: flask-framework",
            (
                "extensions: should be a list, not a text; "
                "write `extensions: [<framework>-framework]`"
            ),
        ),
        (
            "extensions: [5]",
            "extensions.0: should be a text, not the number 5; put it into quotes: '5'",
        ),
        (
            "config: {options: [a]}",
            (
                "config.options: should be a mapping, not a list; "
                "write its entries as `key: value`, without dashes"
            ),
        ),
        (
            "config: {options: {a: }}",
            "config.options.a: has no value; write `type` and `description` below it",
        ),
        ("config: {options: {a: {}}}", "config.options.a.type: is missing"),
        (
            "config: {options: {a: {type: str}}}",
            (
                "config.options.a.type: should be `boolean`, `int`, `float`, `string` or "
                "`secret`, not `str`"
            ),
        ),
        (
            "config: {options: {a: {type: int, default: '5'}}}",
            (
                "config.options.a.default: should be a whole number, not a text; "
                "write it without quotes"
            ),
        ),
        (
            "config: {options: {a: {type: int, default: 5.0}}}",
            "config.options.a.default: should be a whole number, not the number 5.0",
        ),
        (
            "config: {options: {a: {type: int, default: true}}}",
            "config.options.a.default: should be a whole number, not true",
        ),
        (
            "config: {options: {a: {type: float, default: x}}}",
            "config.options.a.default: should be a number, not a text",
        ),
        (
            "config: {options: {a: {type: string, default: 5}}}",
            (
                "config.options.a.default: should be a text, not the number 5; "
                "put it into quotes: '5'"
            ),
        ),
        (
            "config: {options: {a: {type: boolean, default: 'true'}}}",
            (
                "config.options.a.default: should be true or false, not a text; "
                "write it without quotes"
            ),
        ),
        (
            "config: {options: {a: {type: secret, default: {}}}}",
            "config.options.a.default: should be a text, not a mapping",
        ),
        (
            "config: {options: {a: {type: int, optional: 'false'}}}",
            (
                "config.options.a.optional: should be true or false, not a text; "
                "write it without quotes"
            ),
        ),
        (
            "config: {options: {a: {type: int, required: 1}}}",
            "config.options.a.required: should be true or false, not the number 1",
        ),
        (
            "requires: {db: postgresql_client}",
            (
                "requires.db: should be a mapping, not a text; "
                "write for example `interface: postgresql_client` below it"
            ),
        ),
        ("requires: {db: {limit: 1}}", "requires.db.interface: is missing"),
        (
            "requires: {db: {interface: x, limit: 0}}",
            "requires.db.limit: should be at least 1, not 0",
        ),
        (
            "provides: {db: {interface: x, optional: 'no'}}",
            "provides.db.optional: should be true or false, not a text",
        ),
        (
            "parts: {a: {stage: x}}",
            "parts.a.stage: should be a list, not a text; write `- x` below it",
        ),
        (
            "actions: []",
            (
                "actions: should be a mapping, not a list; "
                "write its entries as `key: value`, without dashes"
            ),
        ),
        ("charm-user: admin", "charm-user: should be `root`, `sudoer` or `non-root`, not `admin`"),
        (
            "charm-libs: [x]",
            "charm-libs.0: should be a mapping, not a text",
        ),
    ],
)
def test_a_wrong_shape_of_a_charm_is_told_in_its_authors_words(text, expected):
    assert told(charm(text)) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "version: 0.1",
            "version: should be a text, not the number 0.1; put it into quotes: '0.1'",
        ),
        (f"summary: {'a' * 79}", "summary: should have at most 78 characters, and has 79"),
        (
            "platforms: {}",
            "platforms: should not be empty; write the line `amd64:` under `platforms:`",
        ),
        ("cmd: x", "cmd: is not allowed here; set the `command` of a service"),
        ("entrypoint: x", "entrypoint: is not allowed here; set the `command` of a service"),
        (
            "env: []",
            "env: is not allowed here; write `environment` at the top or in a service",
        ),
        (
            "run-user: root",
            (
                "run-user: should be `_daemon_`, not `root`; "
                "leave it out: the application runs as `_daemon_`"
            ),
        ),
        (
            "services: {web: {startup: true}}",
            "services.web.startup: should be `enabled` or `disabled`, not true",
        ),
        (
            "services: {web: {environment: {DEBUG: true}}}",
            (
                "services.web.environment.DEBUG: should be a text, not true; "
                "put it into quotes: 'true'"
            ),
        ),
        (
            "services: [web]",
            (
                "services: should be a mapping, not a list; "
                "write its entries as `key: value`, without dashes"
            ),
        ),
        (
            "parts: {a: {build-environment: {A: b}}}",
            (
                "parts.a.build-environment: should be a list, not a mapping; "
                'write a list, for example `- CGO_ENABLED: "0"`'
            ),
        ),
    ],
)
def test_a_wrong_shape_of_a_rock_is_told_in_its_authors_words(text, expected):
    assert told(rock(text), "rockcraft") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "platfroms: {}",
            "platfroms: is no key that means something here; did you mean `platforms`?",
        ),
        ("zzz: 1", "zzz: is no key that means something here"),
        (
            "config: {options: {a: {type: int, optoinal: true}}}",
            (
                "config.options.a.optoinal: is no key that means something here; "
                "did you mean `optional`?"
            ),
        ),
        (
            "requires: {a: {interface: s3, limits: 1}}",
            "requires.a.limits: is no key that means something here; did you mean `limit`?",
        ),
    ],
)
def test_an_unknown_key_is_a_warning_with_what_may_be_meant(text, expected):
    (one,) = shape.check(charm(text), "charmcraft", "f")
    assert (str(one), one.severity) == (f"f: {expected}", "warning")


def test_all_is_told_at_once_in_the_order_of_the_file():
    findings = shape.check(
        charm("parts: 5\nbase: 5\nzzz: 1\nname: 5", description=5), "charmcraft", "f"
    )
    assert [one.key for one in findings] == ["name", "base", "description", "parts", "zzz"]


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            sorted({*CHARM, *ROCK, "parts", "config", "requires", "services", "actions", "x"})
        ),
        _JSON,
    ),
    st.sampled_from(["charmcraft", "rockcraft"]),
)
def test_no_content_makes_the_check_raise(content, schema):
    assert all(str(one).isprintable() for one in shape.check(content, schema, "f"))
