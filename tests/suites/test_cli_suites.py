from __future__ import annotations

import json
import subprocess
import sys

import pytest
import yaml
from click import testing

from paas_app_charmer.cli import commands
from paas_app_charmer.suites import catalogue, generated, listing

HEAVY = ("pydantic", "ops", "rich", "cosl", "importlib.metadata", "asyncio")


@pytest.fixture(autouse=True)
def app(tmp_path, monkeypatch):
    """The folder of a Flask application with rock and charm, which is the current one."""
    folder = tmp_path / "postcards"
    folder.mkdir()
    (folder / "app.py").write_text("import flask\n\napp = flask.Flask(__name__)\n")
    (folder / "requirements.txt").write_text("flask\n")
    monkeypatch.chdir(folder)
    run("init")
    return folder


def run(*words):
    return testing.CliRunner().invoke(commands.group, words)


def process(*words, folder):
    code = (
        "import sys\n"
        f"sys.argv = ['paas-app-charmer', *{words!r}]\n"
        "from paas_app_charmer import cli\n"
        "try:\n    cli.main()\nexcept SystemExit as end:\n    code = end.code\n"
        "print(*sys.modules, file=sys.stderr)\n"
        "sys.exit(code)"
    )
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=folder
    )


def spoil(app, file="rockcraft.yaml"):
    (app / file).write_text("extensions: [flask-framework]\nname: [1]\nversoin: '1'\n")


@pytest.mark.parametrize("half", ["rock", "charm"])
def test_a_file_is_printed_in_full(half):
    done = run("expand", half)
    content = yaml.safe_load(done.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert content["name"] == "postcards"
    assert "extensions" not in content


@pytest.mark.parametrize(
    "words",
    [
        ("charm",),
        ("charm", "charm"),
        ("charm", "."),
        ("charm", "charm/charmcraft.yaml"),
        ("rock", "rockcraft.yaml"),
    ],
)
def test_the_file_is_found_by_itself_or_by_its_folder(words):
    assert run("expand", *words).exit_code == 0


def test_a_file_by_another_name_is_one_of_the_folder_that_it_is_in(app):
    (app / "rockcraft.yaml").rename(app / "short.yaml")
    assert "'app:app'" in run("expand", "rock", "short.yaml").stdout


def test_problems_go_to_stderr_and_nothing_to_stdout(app):
    spoil(app)
    done = run("expand", "rock")
    assert (done.exit_code, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert len(lines) > 1
    assert all(line.startswith(("error: rockcraft.yaml", "warning: ")) for line in lines)


def test_a_file_in_another_folder_is_named_by_its_whole_path(app, monkeypatch):
    spoil(app)
    monkeypatch.chdir("/")
    done = run("expand", "rock", str(app))
    assert f"error: {app}/rockcraft.yaml" in done.stderr


def test_a_check_prints_no_expansion(app):
    assert run("expand", "rock", "--check").stdout == ""
    spoil(app)
    assert run("expand", "rock", "--check").exit_code == 1


def test_an_expansion_for_a_machine_has_content_and_findings(app):
    good = json.loads(run("expand", "rock", "--json").stdout)
    assert good["content"]["name"] == "postcards"
    assert good["findings"] == []
    spoil(app)
    done = run("expand", "rock", "--json")
    bad = json.loads(done.stdout)
    assert done.exit_code == 1
    assert bad["content"] == {}
    assert {"file", "what", "severity"} <= bad["findings"][0].keys()


@pytest.mark.parametrize(
    "words",
    [
        ("expand", "rock", "nothing.yaml"),
        ("expand", "charm", "charm/src"),
        ("expand", "rock", "charm"),
        ("list", "rails"),
    ],
)
def test_what_is_not_there_is_one_line(words):
    done = run(*words)
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("Error: ")


def test_a_project_that_is_right_is_a_table_of_what_was_looked_at():
    done = run("check")
    assert done.exit_code == 0
    assert "entry point    ok      app:app in app.py" in done.stdout.splitlines()
    assert done.stderr == ""


def test_a_project_that_is_wrong_is_told_on_stderr_and_by_the_exit_code(app):
    (app / "app.py").write_text("")
    done = run("check")
    assert done.exit_code == 1
    assert "entry point    error" in done.stdout
    assert done.stderr.startswith("error: app.py: ")


def test_a_warning_leaves_the_exit_code_alone(app):
    path = app / "charm" / "charmcraft.yaml"
    path.write_text(path.read_text().replace("name: postcards", "name: cards"))
    done = run("check")
    assert done.exit_code == 0
    assert done.stderr.startswith("warning: charm/charmcraft.yaml: name: ")


def test_a_check_for_a_machine_has_the_rows_and_the_findings(app):
    (app / "app.py").write_text("")
    done = run("check", "--json")
    report = json.loads(done.stdout)
    assert done.exit_code == 1
    assert {row["result"] for row in report["checks"]} == {"ok", "error"}
    assert [one["file"] for one in report["findings"]] == ["app.py"]


@pytest.mark.parametrize("suite", catalogue.SUITES.values(), ids=str)
def test_every_suite_is_listed_with_its_bases(suite):
    (line,) = [one for one in run("list").stdout.splitlines() if one.startswith(f"{suite.name} ")]
    assert ", ".join(suite.bases("rock")) in line
    assert line.endswith(", ".join(suite.bases("charm")))


@pytest.mark.parametrize("interface", generated.interfaces())
def test_every_endpoint_is_listed_with_what_it_gives(interface):
    endpoint = generated.interfaces()[interface]
    lines = run("list").stdout.splitlines()
    (line,) = [one for one in lines if one.split()[1:2] == [interface]]
    assert line.split()[0] == endpoint["endpoint"]
    assert all(names[0] in line for names in endpoint["variables"].values() if names)


@pytest.mark.parametrize("suite", catalogue.SUITES.values(), ids=str)
def test_every_option_is_listed_with_the_bases_that_have_it(suite):
    printed = run("list", suite.framework).stdout
    for generation in ("first", "second"):
        options = generated.charm(suite)[generation]["config"]["options"]
        assert [name for name in options if f"\n{name} " not in printed] == []
    keys = [line for line in printed.splitlines() if line.startswith("app-secret-key ")]
    assert " secret " in keys[-1]
    assert " ubuntu@26.04 " in keys[-1]


def test_a_list_of_one_profile_leaves_out_the_options_of_others():
    printed = run("list", "django-framework").stdout
    assert "django-allowed-hosts" in printed
    assert "flask-debug" not in printed


def test_an_option_that_the_generations_declare_differently_is_listed_twice():
    options = json.loads(run("list", "--json").stdout)["suites"]["fastapi-framework"]["options"]
    key = options["app-secret-key"]
    assert (key["type"], key["generations"]) == ("string", ["first"])
    assert (key["otherwise"]["type"], key["otherwise"]["generations"]) == ("secret", ["second"])
    assert "otherwise" not in options["webserver-workers"]
    printed = run("list", "fastapi").stdout.splitlines()
    rows = [line.split()[:2] for line in printed if line.startswith("app-secret-key ")]
    assert rows == [["app-secret-key", "string"], ["app-secret-key", "secret"]]


def test_a_list_for_a_machine_has_all_of_it():
    content = json.loads(run("list", "--json").stdout)
    assert content["suites"].keys() == catalogue.SUITES.keys()
    assert content["suites"]["flask-framework"]["options"]["flask-env"]["type"] == "string"
    assert content["endpoints"]["postgresql"]["interface"] == "postgresql_client"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], ""),
        (["A_B"], "A_B"),
        (["S3_BUCKET", "S3_REGION"], "S3_BUCKET, _REGION"),
        (["A_B_C", "A_B_D_E"], "A_B_C, _D_E"),
        (["FLASK_URL", "DJANGO_URL"], "FLASK_URL, DJANGO_URL"),
        (["A_TLS", "A_TLS_CA"], "A_TLS, _TLS_CA"),
    ],
)
def test_a_common_beginning_of_variables_is_said_once(names, told):
    assert listing.shortened(names) == told


@pytest.mark.parametrize("words", [("expand", "rock"), ("expand", "charm"), ("check",)])
def test_nothing_heavy_is_imported(app, words):
    done = process(*words, folder=app)
    assert done.returncode in {None, 0}
    loaded = done.stderr.split()
    assert [name for name in loaded if name.partition(".")[0] in HEAVY or name in HEAVY] == []


@pytest.mark.parametrize("words", [("list",), ("init",)])
def test_what_checks_no_shape_does_not_import_jsonschema(app, words):
    loaded = process(*words, folder=app).stderr.split()
    assert "jsonschema" not in loaded
    assert [name for name in loaded if name in HEAVY] == []
