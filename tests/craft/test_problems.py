"""What is wrong with a project, told by the real tool: all of it, each in one line."""

from __future__ import annotations

import pytest

from . import projects

pytestmark = pytest.mark.timeout(400)


EVERYTHING = """\
name: my-app
type: bundle
base: ubuntu@20.04
platforms: {amd64: }
summary: A summary.
description: A description.
extensions: [flask-framework]
parts: {charm: {plugin: charm}}
devices: {d: {type: gpu}}
extra-bindings: {b: }
storage: {s: {type: filesystem}}
assumes: [juju]
containers: {c: {}}
resources: {r: {type: file, filename: f, description: d}}
peers: {p: {interface: p}}
actions: {rotate-secret-key: {}}
requires: {logging: {interface: loki_push_api}, sso: {interface: oauth}}
provides: {metrics-endpoint: {interface: prometheus_scrape}}
config:
  options:
    flask-env: {type: string}
    flask-mine: {type: string}
    webserver-mine: {type: string}
    token: {type: string, optional: false, default: x}
    other: {type: string, required: true, default: x}
    words: {type: string, optional: "false"}
    sso-scopes: {type: string}
"""
PLACES = (
    # Row 1 and the base
    "charmcraft.yaml: type",
    "charmcraft.yaml: base",
    # Row 2
    "cos_custom/rule.yaml",
    "cos_custom/strange",
    # Rows 3 to 5
    *("charmcraft.yaml: parts.charm", "charmcraft.yaml: devices", "charmcraft.yaml: storage"),
    *("charmcraft.yaml: extra-bindings", "charmcraft.yaml: assumes"),
    *("charmcraft.yaml: containers", "charmcraft.yaml: resources", "charmcraft.yaml: peers"),
    # Row 6, with options that an endpoint brings along
    "charmcraft.yaml: actions.rotate-secret-key",
    "charmcraft.yaml: requires.logging",
    "charmcraft.yaml: provides.metrics-endpoint",
    "charmcraft.yaml: config.options.flask-env",
    "charmcraft.yaml: config.options.sso-scopes",
    # Rows 7 and 8
    "charmcraft.yaml: config.options.flask-mine",
    "charmcraft.yaml: config.options.webserver-mine",
    "charmcraft.yaml: config.options.token.default",
    "charmcraft.yaml: config.options.other.default",
    # Row 9
    "paas-config.yaml:2",
    # What the stock extension lets pass
    "charmcraft.yaml: config.options.words.optional",
    "config.yaml",
)


@pytest.fixture
def problems(tool, charmcraft, tmp_path):
    """Returns the lines with which expanding a project is refused."""

    def expand(text, files=(), **options):
        (tmp_path / "charmcraft.yaml").write_text(text)
        for path, content in dict(files).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(content)
        done = tool(charmcraft, "expand-extensions", folder=tmp_path, **options)
        assert done.code == 1
        assert done.out == ""
        assert "Traceback" not in done.err
        lines = [one for one in done.err.splitlines() if not one.startswith("Warning: ")]
        assert lines[0].endswith("-framework' does not fit this project:")
        assert all(line.startswith("- ") for line in lines[1:])
        return [line.removeprefix("- ") for line in lines[1:]]

    return expand


def test_every_problem_is_told_at_once(problems):
    told = problems(
        EVERYTHING,
        {
            "cos_custom/rule.yaml": "",
            "cos_custom/strange/rule.yaml": "",
            "config.yaml": "",
            "paas-config.yaml": "port: [\n",
        },
    )
    where = [next((one for one in PLACES if line.startswith(f"{one}: ")), line) for line in told]
    assert sorted(where) == sorted(PLACES)
    assert all("; " in line for line in told if not line.startswith("paas-config.yaml"))


@pytest.mark.parametrize("text", ["- port", "port", "3"])
def test_a_paas_config_that_is_no_mapping(problems, text):
    (line,) = problems(projects.SHORT, {"paas-config.yaml": text})
    assert line.startswith("paas-config.yaml")
    assert "mapping" in line


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('port: "80"\nmetrics-port: true\nmetrics-path: 3', ["port", "metrics-port"]),
        ("port: 0\nmetrics-port: 65536\nmetrics-path: metrics", ["port", "metrics-port"]),
        ("metrics-path: /{a}", []),
    ],
)
def test_what_stands_in_paas_config_is_checked(problems, text, keys):
    told = problems(
        projects.SHORT.replace("24.04", "26.04"), {"paas-config.yaml": text}, experimental=True
    )
    where = [line.split(": ")[:2] for line in told]
    assert where == [["paas-config.yaml", key] for key in (*keys, "metrics-path")]


def test_two_bases_are_named_both(problems):
    two = "platforms: {ubuntu@24.04:amd64: , ubuntu@26.04:amd64: }"
    text = projects.SHORT.replace("base: ubuntu@24.04\n", "").replace("platforms: {amd64: }", two)
    (line,) = problems(text)
    assert "not for `ubuntu@24.04` and `ubuntu@26.04`" in line


def test_an_experimental_base_is_refused_with_the_way_out(problems):
    (line,) = problems(projects.SHORT.replace("24.04", "26.04"))
    assert "experimental on `ubuntu@26.04`" in line
    assert "set CHARMCRAFT_ENABLE_EXPERIMENTAL_EXTENSIONS=1" in line


def test_two_of_our_suites_are_refused_in_one_line(problems):
    (line,) = problems(projects.SHORT.replace("[flask-", "[django-framework, flask-"))
    assert "one framework" in line


def test_a_quiet_charmcraft_still_says_what_is_wrong(tool, charmcraft, tmp_path):
    (tmp_path / "charmcraft.yaml").write_text(
        f"{projects.SHORT}storage: {{s: {{type: filesystem}}}}\n"
    )
    done = tool(charmcraft, "expand-extensions", "--quiet", folder=tmp_path)
    assert "charmcraft.yaml: storage: " in done.err
