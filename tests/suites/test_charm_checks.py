"""What a suite refuses of a charm, and what it warns of: each rule by itself."""

from __future__ import annotations

from typing import Any

import pytest

from paas_app_charmer import project
from paas_app_charmer.suites import catalogue, charm, charm_paas_config, document, generated

FILE = "charmcraft.yaml"
CONFIG = "paas-config.yaml"
COS = "`grafana_dashboards`, `loki_alert_rules` and `prometheus_alert_rules`"

every = pytest.mark.parametrize(
    ("suite", "base"),
    [(suite, base) for suite in catalogue.SUITES.values() for base in suite.bases("charm")],
    ids=lambda value: getattr(value, "framework", value),
)


def project_of(files: dict[str, str]) -> project.Project:
    paths = {
        "/".join(path.split("/")[: n + 1]) for path in files for n in range(path.count("/") + 1)
    }
    return project.Project(paths=frozenset(paths), texts=files)


def findings(
    suite: catalogue.Suite, base: str, text: str = "", files: dict[str, str] | None = None
) -> list[Any]:
    """Return what is told beyond that a base is experimental."""
    more, told = document.load(text, FILE, may_be_empty=True)
    assert told == ()
    content = {
        "name": "my-app",
        "type": "charm",
        "base": base,
        "platforms": {"amd64": None},
        "summary": "An app",
        "description": "An app.",
        "extensions": [suite.name],
        **(more or {}),
    }
    found = charm.expand(project_of(files or {}), content).findings
    return [one for one in found if "experimental" not in one.what]


def told(*given: Any, severity: str = "error") -> list[str]:
    found = findings(*given)
    assert {one.severity for one in found} <= {severity}
    return [str(one) for one in found]


ROWS = [
    (
        "1 another type",
        "type: bundle",
        "type: {name} is for charms, not for type `bundle`; write `type: charm`",
    ),
    (
        "3 a part of their name",
        "parts: {{charm: {{plugin: charm}}}}",
        (
            "parts.charm: the part `charm` is made by {name}; "
            "remove it, and give a part of your own another name"
        ),
    ),
    (
        "4 devices",
        "devices: {{gpu: {{type: gpu}}}}",
        "devices: charms of {name} have no `devices`; remove it",
    ),
    (
        "4 bindings",
        "extra-bindings: {{a: {{}}}}",
        "extra-bindings: charms of {name} have no `extra-bindings`; remove it",
    ),
    (
        "4 storage",
        "storage: {{data: {{type: filesystem}}}}",
        "storage: charms of {name} have no `storage`; remove it",
    ),
    ("5 assumes", "assumes: [juju >= 3]", "assumes: `assumes` is set by {name}; remove it"),
    (
        "5 containers",
        "containers: {{mine: {{resource: mine}}}}",
        "containers: `containers` is set by {name}; remove it",
    ),
    (
        "5 resources",
        "resources: {{mine: {{type: file, filename: x}}}}",
        "resources: `resources` is set by {name}; remove it",
    ),
    (
        "5 peers",
        "peers: {{mine: {{interface: mine}}}}",
        "peers: `peers` is set by {name}; remove it",
    ),
    (
        "6 an action",
        "actions: {{rotate-secret-key: {{description: mine}}}}",
        "actions.rotate-secret-key: {name} has an action of this name; rename or remove it",
    ),
    (
        "6 a required endpoint",
        "requires: {{logging: {{interface: loki_push_api}}}}",
        "requires.logging: {name} has an endpoint of this name; rename or remove it",
    ),
    (
        "6 a provided endpoint",
        "provides: {{metrics-endpoint: {{interface: prometheus_scrape}}}}",
        "provides.metrics-endpoint: {name} has an endpoint of this name; rename or remove it",
    ),
    (
        "6 an endpoint of the other role",
        "provides: {{ingress: {{interface: prometheus_scrape}}}}",
        "provides.ingress: {name} has an endpoint of this name; rename or remove it",
    ),
    (
        "6 an option",
        "config: {{options: {{{option}: {{type: int}}}}}}",
        "config.options.{option}: {name} has an option of this name; rename or remove it",
    ),
    (
        "7 the web server's prefix",
        "config: {{options: {{webserver-colour: {{type: string}}}}}}",
        (
            "config.options.webserver-colour: options that begin with `webserver-` are those of "
            "{name}; name it `colour`"
        ),
    ),
    (
        "7 the framework's prefix",
        "config: {{options: {{{fw}-colour: {{type: string}}}}}}",
        (
            "config.options.{fw}-colour: options that begin with `{fw}-` are those of {name}; "
            "name it `colour`"
        ),
    ),
    (
        "7 nothing but a prefix",
        "config: {{options: {{{fw}-: {{type: string}}}}}}",
        (
            "config.options.{fw}-: options that begin with `{fw}-` are those of {name}; "
            "name it otherwise"
        ),
    ),
    (
        "8 optional: false with a default",
        "config: {{options: {{a: {{type: int, optional: false, default: 5}}}}}}",
        (
            "config.options.a.default: with a default the option always has a value, so "
            "`optional: false` asks for nothing; remove `default` or `optional: false`"
        ),
    ),
    (
        "8 required: true with a default",
        "config: {{options: {{a: {{type: int, required: true, default: 5}}}}}}",
        (
            "config.options.a.default: with a default the option always has a value, so "
            "`required: true` asks for nothing; remove `default` or `required: true`"
        ),
    ),
    (
        "S-20 optional that is no boolean",
        "config: {{options: {{a: {{type: int, optional: 'false'}}}}}}",
        "config.options.a.optional: should be true or false, not a text; write it without quotes",
    ),
]


@every
@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS])
def test_what_cannot_stand_beside_the_extension_is_refused(suite, base, text, expected):
    options = generated.charm(suite)[suite.bases("charm")[base]]["config"]["options"]
    names = {"name": suite.name, "fw": suite.framework, "option": next(iter(options))}
    assert told(suite, base, text.format(**names)) == [f"{FILE}: {expected.format(**names)}"]


EVERYTHING = """\
type: bundle
storage: {a: {}}
assumes: [x]
actions: {rotate-secret-key: {}}
requires: {logging: {interface: loki_push_api}}
config: {options: {webserver-a: {type: nothing}, a: {type: int, default: x}}}
"""


@every
def test_everything_is_told_at_once(suite, base):
    found = findings(suite, base, EVERYTHING, {"config.yaml": "", CONFIG: "port: x"})
    assert sorted(one.key or one.file for one in found) == [
        "actions.rotate-secret-key",
        "assumes",
        "config.options.a.default",
        "config.options.webserver-a",
        "config.options.webserver-a.type",
        "config.yaml",
        "port",
        "requires.logging",
        "storage",
        "type",
    ]


@every
@pytest.mark.parametrize("key", ["assumes", "containers", "resources", "peers"])
def test_what_equals_the_extensions_own_may_stay(suite, base, key):
    seen = project_of({})
    content = {"base": base, "extensions": [suite.name]}
    own = {key: charm.expand(seen, content).content[key]}
    assert told(suite, base, document.dump(own)) == []


@every
@pytest.mark.parametrize("key", ["storage", "assumes", "peers", "requires", "config", "actions"])
def test_a_key_without_a_value_counts_as_absent(suite, base, key):
    assert told(suite, base, f"{key}:") == []


@every
def test_a_default_that_says_as_little_as_none_is_a_warning(suite, base):
    text = "config: {options: {a: {type: boolean, required: true, default: false}}}"
    (one,) = findings(suite, base, text)
    assert (one.key, one.severity) == ("config.options.a.default", "warning")


@every
def test_a_default_without_a_value_counts_as_absent(suite, base):
    text = "config: {options: {a: {type: boolean, required: true, default: }}}"
    assert told(suite, base, text) == []


@every
@pytest.mark.parametrize("text", ["optional: true, default: 5", "required: false, default: 5"])
def test_an_option_that_need_not_be_set_may_have_a_default(suite, base, text):
    assert told(suite, base, f"config: {{options: {{a: {{type: int, {text}}}}}}}") == []


@every
def test_each_endpoint_of_a_dynamic_interface_brings_its_own_options(suite, base):
    requires = {"oidc": {"interface": "oauth"}, "sso": {"interface": "oauth"}}
    content = {"base": base, "extensions": [suite.name], "requires": requires}
    options = charm.expand(project_of({}), content).content["config"]["options"]
    for endpoint in requires:
        path = "/login/oauth2/code/" + endpoint if suite.module == "springboot" else "/callback"
        assert options[f"{endpoint}-redirect-path"]["default"] == path
        assert options[f"{endpoint}-scopes"]["default"] == "openid profile email"
        assert endpoint in options[f"{endpoint}-scopes"]["description"]


@every
def test_an_option_of_the_name_of_a_dynamic_one_is_refused(suite, base):
    text = (
        "requires: {oidc: {interface: oauth}}\n"
        "config: {options: {oidc-scopes: {type: string}, sso-scopes: {type: string}}}"
    )
    errors = [str(one) for one in findings(suite, base, text) if one.severity == "error"]
    assert errors == [
        (
            f"{FILE}: config.options.oidc-scopes: {suite.name} has an option of this name; "
            "rename or remove it"
        )
    ]


@every
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("metadata.yaml", FILE),
        ("config.yaml", f"`config` of {FILE}"),
        ("actions.yaml", f"`actions` of {FILE}"),
    ],
)
def test_a_file_left_from_when_they_were_split_is_named(suite, base, name, place):
    assert told(suite, base, "", {name: ""}) == [
        (
            f"{name}: this file cannot stand beside {FILE} any more; "
            f"move what is in it into {place} and remove it"
        )
    ]


@every
def test_what_is_not_for_observability_is_refused_in_its_folder(suite, base):
    files = {
        "cos_custom/README.md": "",
        "cos_custom/dashboards/a.json": "",
        "cos_custom/grafana_dashboards/a.json": "",
        "cos_custom/loki_alert_rules/a.rule": "",
        "cos_custom/prometheus_alert_rules/a.rule": "",
    }
    assert told(suite, base, "", files) == [
        (
            f"cos_custom/README.md: a file that means nothing here: cos_custom holds the folders "
            f"{COS}; move it there or remove it"
        ),
        (
            f"cos_custom/dashboards: a folder that means nothing here: cos_custom holds the "
            f"folders {COS}; move it there or remove it"
        ),
    ]


@every
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "requires: {db: {interface: postgres_client}}",
            (
                "requires.db: the library does not know the interface `postgres_client`, so "
                "nothing comes of it; did you mean `postgresql_client`?"
            ),
        ),
        (
            "provides: {mine: {interface: something}}",
            (
                "provides.mine: the library does not know the interface `something`, so nothing "
                "comes of it; speak it in src/charm.py, or remove the endpoint"
            ),
        ),
        (
            "requires: {data-base: {interface: postgresql_client}}",
            (
                "requires.data-base: by this name its variables begin with `DATA_BASE_`; "
                "name it `postgresql` to have `POSTGRESQL_DB_CONNECT_STRING`"
            ),
        ),
        (
            "requires: {scrape: {interface: prometheus_scrape}}",
            (
                "requires.scrape: `prometheus_scrape` is an interface of `provides`; "
                "move it to `provides`"
            ),
        ),
        (
            "provides: {postgresql: {interface: postgresql_client}}",
            (
                "provides.postgresql: `postgresql_client` is an interface of `requires`; "
                "move it to `requires`"
            ),
        ),
    ],
)
def test_an_endpoint_that_does_not_do_what_it_seems_to_is_a_warning(suite, base, text, expected):
    assert told(suite, base, text, severity="warning") == [f"{FILE}: {expected}"]


@every
@pytest.mark.parametrize(
    "text",
    [
        "requires: {postgresql: {interface: postgresql_client}, redis: {interface: redis}}",
        "requires: {more-logs: {interface: loki_push_api}}",
        "requires: {second-ingress: {interface: ingress}}",
    ],
)
def test_an_endpoint_that_does_what_it_seems_to_is_let_through(suite, base, text):
    assert findings(suite, base, text) == []


@every
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("port: [}", f"{CONFIG}:1: is not YAML: did not find expected node content"),
        ("port: 1\nport: 2", f"{CONFIG}:2: `port` was set in line 1 already"),
        ("- a", f"{CONFIG}:1: should be a mapping of keys to values, not a list"),
        ("port: '8000'", f"{CONFIG}: port: should be a whole number, not a text"),
        ("port: true", f"{CONFIG}: port: should be a whole number, not true"),
        ("port:", f"{CONFIG}: port: should be a whole number, not nothing"),
        ("metrics-port: 0", f"{CONFIG}: metrics-port: should be greater than or equal to 1"),
        ("port: 65536", f"{CONFIG}: port: should be less than or equal to 65535"),
        ("metrics-path: 5", f"{CONFIG}: metrics-path: should be a text, not the number 5"),
        (
            "metrics-path: metrics",
            f"{CONFIG}: metrics-path: should be a path below `/`; write for example `/metrics`",
        ),
        (
            "metrics-path: /my|metrics",
            (
                f"{CONFIG}: metrics-path: `/my|metrics` holds a character that no path of a URL "
                "has; write it with its `%` code"
            ),
        ),
        (
            "metrics_path: /a%zz",
            (
                f"{CONFIG}: metrics_path: `/a%zz` holds a character that no path of a URL "
                "has; write it with its `%` code"
            ),
        ),
        (
            "framework_logging_format: xml",
            f"{CONFIG}: framework_logging_format: should be 'none' or 'json', not `xml`",
        ),
        (
            "metric-port: 9000",
            (
                f"{CONFIG}: metric-port: is no key that means something here; "
                "did you mean `metrics-port`?"
            ),
        ),
        ("prometheus: []", f"{CONFIG}: prometheus: should be a mapping, not a list"),
        (
            "prometheus: {scrape_configs: [{job_name: a}]}",
            f"{CONFIG}: prometheus.scrape_configs.0.static_configs: is missing",
        ),
        (
            (
                "prometheus: {scrape_configs: [{job_name: a, static_configs: []}, "
                "{job_name: a, static_configs: []}]}"
            ),
            (
                f"{CONFIG}: prometheus.scrape_configs: Duplicate job_name values found in "
                "prometheus.scrape_configs: a. Each job must have a unique name."
            ),
        ),
        (
            (
                "prometheus: {scrape_configs: [{job_name: a, static_configs: "
                "[{targets: ['@scheduler']}]}]}"
            ),
            (
                f"{CONFIG}: prometheus.scrape_configs.0.static_configs.0.targets: Invalid "
                "@scheduler format '@scheduler': must include port (@scheduler:PORT)"
            ),
        ),
    ],
)
def test_what_the_run_time_would_refuse_is_told_before_packing(suite, base, text, expected):
    (one,) = told(suite, base, "", {CONFIG: text})
    assert one == expected


@every
@pytest.mark.parametrize(
    "text",
    [
        *("", "# nothing yet\n", "framework_logging_format:\n", "prometheus:\n"),
        "port: 9000\nmetrics-port: 9001\nmetrics-path: /stats/%20now\n",
    ],
)
def test_a_paas_config_that_the_run_time_takes_is_let_through(suite, base, text):
    assert told(suite, base, "", {CONFIG: text}) == []


@pytest.mark.parametrize("suite", catalogue.SUITES.values(), ids=lambda suite: suite.framework)
def test_only_frameworks_that_can_write_their_log_as_json_may_be_asked_to(suite):
    seen = project_of({CONFIG: "framework_logging_format: json\n"})
    found = [(one.key, one.what) for one in charm_paas_config.check(seen, suite)]
    can = suite.framework in {"flask", "django", "fastapi"}
    what = f"{suite.title} does not write its log as JSON"
    assert found == ([] if can else [("framework_logging_format", what)])


def test_a_paas_config_that_cannot_be_read_is_told():
    seen = project.Project(
        paths=frozenset([CONFIG]), texts={}, unreadable={CONFIG: "Permission denied"}
    )
    (one,) = charm_paas_config.check(seen, catalogue.SUITES["flask-framework"])
    assert str(one) == f"{CONFIG}: cannot be read: Permission denied"
