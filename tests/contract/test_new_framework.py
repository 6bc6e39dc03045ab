"""What a new framework costs: one module and one folder, and its rows in the table of variables.

They are written into a copy of the repository, where everything else has to follow.
"""

from __future__ import annotations

import json
import pathlib
import textwrap

import pytest

from paas_app_charmer import documents

from . import copied

NAME, MODULE, TITLE = "ruby-on-rails", "rubyonrails", "Ruby on Rails"
SUITES = "src/paas_app_charmer/suites"
FOLDER = f"{SUITES}/{MODULE}"
DASHBOARD = f"cos/grafana_dashboards/{MODULE}.json"
RULE = f"cos/prometheus_alert_rules/{MODULE}.rule"

CODE = '''\
"""Ruby on Rails applications."""

from __future__ import annotations

from collections.abc import Mapping

import pydantic

from . import charm, env, framework, place
from .servers import native

__all__ = ["SPEC", "Charm", "RailsOptions"]


class RailsOptions(place.Options):
    """Where the application is found, and how much it tells."""

    rails_log_level: str | None = pydantic.Field(
        None,
        alias="rails-log-level",
        pattern="^(debug|info|warn|error|fatal)$",
        examples=["warn"],
        description="From which level on messages are logged.",
    )


def _named(given: env.Given) -> Mapping[str, env.Named]:
    """Name properties as others do, and the main database as its tools have it."""
    named = env.mechanical(given)
    if given.interface == "postgresql_client":
        url = named[f"{given.namespaces[0]}_CONNECT_STRING"]
        named["RAILS_DATABASE_URL"] = url
    return named


SPEC: framework.FrameworkSpec[RailsOptions] = framework.FrameworkSpec(
    name="ruby-on-rails",
    options=RailsOptions,
    server=native.Native(),
    base_dir="/app",
    app_dir="/app",
    prefix="APP_",
    settings_prefix="",
    port=8080,
    metrics=framework.Metrics(port=8080),
    tells=place.Variables(port="PORT", metrics_port="METRICS_PORT", metrics_path="METRICS_PATH"),
    tells_first=place.Variables(
        port="APP_PORT", metrics_port="APP_METRICS_PORT", metrics_path="APP_METRICS_PATH"
    ),
    dialect=_named,
)


class Charm(charm.PaasCharm):
    """Runs a Ruby on Rails application."""

    spec = SPEC
'''
ROCK = '''\
"""The suite for Ruby on Rails applications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paas_app_charmer import project as projects

from .. import contents, entrypoint, expansion, finding, parts

APP_FOLDER = "app"
FOLDERS = ()
REQUIREMENTS = ("Gemfile",)
PARTS = {"ruby": "What runs the application."}
_DEFAULT = ("Gemfile", "app", "bin", "config", "config.ru", "db", "lib", "migrate.sh", "public")


def source(_name: str) -> str:
    return "."


def files(*, statsd_port: int = 0) -> Mapping[str, str]:  # noqa: ARG001 - of other suites
    return {}


def entry_point(project: projects.Project, _name: str) -> entrypoint.EntryPoint:
    if project.has("config.ru"):
        return entrypoint.EntryPoint(place="config.ru", target="config.ru")
    lost = finding.Finding(file="config.ru", what="is missing, and so nothing can be started")
    return entrypoint.EntryPoint(findings=(lost,))


def rock(seen: parts.Rock) -> expansion.Contribution:
    found = entrypoint.EntryPoint()
    if not seen.has_command:
        found = entry_point(seen.project, seen.name)
    chosen = contents.of(seen, part="install-app", folder=APP_FOLDER, default=_DEFAULT)
    command = {"command": f"puma {found.target}"} if found.target else {}
    added: dict[str, Any] = {
        "install-app": chosen.part(),
        "ruby": {"plugin": "nil", "stage-packages": ["puma"]},
        "logging": parts.logging(),
        "runtime": parts.runtime(seen),
    }
    content = {
        "run-user": parts.USER,
        "services": {
            seen.suite.framework: parts.service(**{"working-dir": f"/{APP_FOLDER}"}, **command)
        },
        "parts": {seen.part(name): part for name, part in added.items()},
    }
    return expansion.Contribution(
        content=content, findings=(*found.findings, *chosen.findings)
    )
'''
CLUES = '''\
"""How a Ruby on Rails application is told from others."""

from __future__ import annotations

from paas_app_charmer import project

from .. import detect

SOUGHT = "rails in the Gemfile, config.ru"


def find(seen: project.Project) -> detect.Clues:
    reasons = ["the Gemfile asks for rails"] if "rails" in seen.texts.get("Gemfile", "") else []
    reasons += ["there is config.ru"] if seen.has("config.ru") else []
    return detect.Clues(reasons=tuple(reasons))
'''
SUITE = {
    "framework": NAME,
    "title": TITLE,
    "first_bases": ["ubuntu@24.04"],
    "reads": {"Gemfile": 1},
}
PROFILE = """\
name: {{ yaml_name }}
{{ base_keys }}
version: "0.1"
summary: A web application, written with Ruby on Rails # one line, at most 78 characters
description: |
  {{ name }} is a web application.
platforms:
  amd64:
extensions:
  - {{ suite }}
"""
APPLICATION = {"Gemfile": 'gem "rails"\n', "config.ru": "run Rails.application\n"}
LEVEL = {"RAILS_LOG_LEVEL": {"value": "warn", "rule": "text as it is"}}
PACKAGING = {"rockcraft.yaml", "charm/charmcraft.yaml", "charm/src/charm.py"}
CHARM = f"""\
import json, pathlib, sys
sys.path.insert(0, sys.argv[1])
import conftest, ops.testing
unit = conftest.deploy(
    pathlib.Path(sys.argv[2]),
    framework="{NAME}",
    layer=conftest.plain_rock("{NAME}", "puma config.ru"),
    requires={{"postgresql": {{"interface": "postgresql_client", "optional": False}}}},
    relations=[
        ops.testing.PeerRelation("secret-storage"),
        ops.testing.Relation("postgresql", remote_app_data={{
            "endpoints": "db:5432", "username": "u", "password": "p", "database": "app",
        }}),
    ],
    config={{"rails-log-level": "warn"}},
)
unit.run()
print(json.dumps([unit.state.unit_status.name, unit.environment]))
"""


def of_go(path: str) -> str:
    """Return a file of the suite for Go with the names of the new one."""
    text = (copied.ROOT / SUITES / "go" / path.replace(MODULE, "go")).read_text(encoding="utf-8")
    names = {"GoTarget": f"{TITLE.replace(' ', '')}Target", "Go Operator": f"{TITLE} Operator"}
    for old, new in {**names, "go_": "ruby_"}.items():
        text = text.replace(old, new)
    return text


FILES = {
    f"src/paas_app_charmer/{MODULE}.py": CODE,
    f"{FOLDER}/__init__.py": ROCK,
    f"{FOLDER}/clues.py": CLUES,
    f"{FOLDER}/suite.json": json.dumps(SUITE),
    f"{FOLDER}/rockcraft.yaml": PROFILE,
    f"{FOLDER}/{DASHBOARD}": of_go(DASHBOARD),
    f"{FOLDER}/{RULE}": of_go(RULE),
}


def rows(go: dict) -> dict:
    """Return the rows of the contract: those of Go where both are alike."""
    mine = json.loads(json.dumps(go).replace("go-k8s", f"{NAME}-k8s"))
    for declared in mine["declares"].values():
        declared["rails-log-level"] = {"type": "string"}
    mine["options"] = [row for row in mine["options"] if "port" not in row["options"]]
    mine["options"].append({"options": {"rails-log-level": "warn"}, "gives": LEVEL})
    for endpoint in mine["interfaces"]["postgresql_client"].values():
        url = next(name for name in endpoint if name.endswith("_DB_CONNECT_STRING"))
        endpoint["RAILS_DATABASE_URL"] = endpoint[url]
    return mine


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A copy of the repository that knows one framework more."""
    copy = tmp_path_factory.mktemp("repository")
    copied.copy(copy, tests=("charm", "contract", "suites", "unit"), without=("test_new_*",))
    for name, text in FILES.items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(text, encoding="utf-8")
    table = documents.read(copy / copied.TABLE)
    table["frameworks"][NAME] = rows(table["frameworks"]["go"])
    (copy / copied.TABLE).write_text(json.dumps(table), encoding="utf-8")
    copied.python(copy, "-m", "generate")
    return copy


@pytest.fixture
def application(tmp_path: pathlib.Path) -> pathlib.Path:
    """A project with nothing but the application."""
    folder = tmp_path / "my-web"
    folder.mkdir()
    for name, text in APPLICATION.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def command(tree: pathlib.Path, folder: pathlib.Path, *words: str) -> str:
    return copied.python(tree, "-m", "paas_app_charmer.cli", *words, folder=folder)


def test_one_module_and_one_folder_are_written_and_the_rest_is_generated(tree):
    written = copied.differing(tree) - copied.GENERATED
    assert written == {*FILES, copied.TABLE, f"{FOLDER}/charm.json"}


def test_it_is_listed_with_its_bases_and_its_options(tree, tmp_path):
    listed = json.loads(command(tree, tmp_path, "list", "--json"))["suites"][f"{NAME}-framework"]
    assert list(listed["bases"]["rock"]) == ["bare", "ubuntu@24.04", "ubuntu@26.04"]
    assert listed["options"]["rails-log-level"]["type"] == "string"
    assert "rails-log-level" in command(tree, tmp_path, "list", NAME)


def test_init_knows_an_application_by_its_files_and_check_finds_nothing_wrong(tree, application):
    told = command(tree, application, "init")
    assert f"written with {TITLE}" in told
    assert "the Gemfile asks for rails" in told
    there = {path.relative_to(application).as_posix() for path in application.rglob("*")}
    assert there >= PACKAGING
    assert f"import paas_app_charmer.{MODULE}" in (
        application / "charm" / "src" / "charm.py"
    ).read_text(encoding="utf-8")
    checked = json.loads(command(tree, application, "check", "--json"))
    assert checked["findings"] == []
    assert {row["result"] for row in checked["checks"]} == {"ok"}


@pytest.mark.parametrize("base", ["ubuntu@24.04", "ubuntu@26.04"])
def test_both_halves_expand_for_both_generations(tree, application, base):
    command(tree, application, "init", "--base", base)
    rock = documents.parse(command(tree, application, "expand", "rock"))
    assert rock["services"][NAME]["command"] == "puma config.ru"
    assert rock["parts"][f"{NAME}-framework/install-app"]["organize"]["config.ru"]
    charm = documents.parse(command(tree, application, "expand", "charm"))
    assert "rails-log-level" in charm["config"]["options"]
    assert ("app-port" in charm["config"]["options"]) == (base == "ubuntu@24.04")


def test_a_charm_of_it_runs_with_its_variables(tree, tmp_path):
    told = copied.python(tree, "-c", CHARM, "tests/charm", str(tmp_path))
    status, environment = json.loads(told.splitlines()[-1])
    assert status == "active"
    assert environment["RAILS_LOG_LEVEL"] == "warn"
    assert environment["RAILS_DATABASE_URL"] == environment["POSTGRESQL_DB_CONNECT_STRING"]
    assert environment["APP_PORT"] == "8080"


def test_both_packing_tools_are_given_its_extension(tree):
    registered = """
        from paas_app_charmer.craft import extension, registration

        class Registry(dict):
            get_extension_names = dict.keys
            get_extension_class = dict.get
            register = dict.__setitem__

        class App:
            command_groups = _command_groups = []

        for half in ("rock", "charm"):
            tool = extension.Tool(
                half=half, file="", expand=None, experimental="", error=Exception, base=str
            )
            registry = Registry()
            registration.plug_in(App(), tool, registry)
            print(*registry)
    """
    told = copied.python(tree, "-c", textwrap.dedent(registered))
    assert [f"{NAME}-framework" in line.split() for line in told.splitlines()] == [True, True]


@pytest.mark.timeout(400)
def test_the_tests_of_the_contract_find_it_and_pass(tree):
    """Every framework has a case in each of them, this one too."""
    told = copied.pytest(tree, "tests/contract/test_environment.py")
    (heading,) = [line for line in told.splitlines() if line.startswith("interface ")]
    assert NAME in heading.split()
    copied.pytest(tree, "-k", "rails", "tests/contract/test_startup.py")
    copied.pytest(tree, "tests/contract/test_generated.py")
    copied.pytest(tree, "tests/contract/test_architecture.py")
    copied.pytest(tree, "tests/contract/test_framework_names.py")
    observed = copied.pytest(
        tree, "-vv", "-k", NAME, "tests/unit/test_integrations_observability.py"
    )
    assert f"test_an_alert_is_raised_when_a_target_is_missing[{NAME}] PASSED" in observed


@pytest.mark.timeout(400)
@pytest.mark.parametrize("file", ["charm", "charm_checks", "cli_suites", "rock"])
def test_the_tests_of_the_suites_find_it_and_pass(tree, file):
    told = copied.pytest(tree, "-vv", "-k", "rails", f"tests/suites/test_{file}.py")
    assert " PASSED" in told
