from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import click
import pytest
from click import testing

from paas_app_charmer.cli import commands, lines, terminal
from paas_app_charmer.local import control, control_server, logs, runner_project

HEAVY = ("rich", "yaml", "pydantic", "ops", "paas_app_charmer.local", "asyncio", "http.client")


def _python(code, **options):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, **options
    )


def test_help_imports_nothing_heavy():
    done = _python(
        "import sys\n"
        "sys.argv = ['paas-app-charmer', '--help']\n"
        "from paas_app_charmer import cli\n"
        "try:\n    cli.main()\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    loaded = done.stderr.split()
    assert "run-action" in done.stdout
    assert [name for name in loaded if name.startswith(HEAVY)] == []


@pytest.mark.parametrize("package", ["click", "rich"])
def test_without_its_libraries_the_command_says_what_to_install(package):
    done = _python(
        "import importlib.util as u, sys\n"
        "find = u.find_spec\n"
        f"u.find_spec = lambda n, *a: None if n == {package!r} else find(n, *a)\n"
        "from paas_app_charmer import cli\ncli.main()"
    )
    assert (done.returncode, done.stderr) == (
        1,
        "paas-app-charmer: the command line needs: pip install 'paas-app-charmer[local]'\n",
    )


@pytest.fixture
def project(tmp_path):
    (tmp_path / "charm").mkdir()
    (tmp_path / "charm" / "charmcraft.yaml").touch()
    (tmp_path / "rockcraft.yaml").touch()
    (tmp_path / ".paas").mkdir()
    return tmp_path


@pytest.fixture
def invoke(project):
    def run(*words):
        return testing.CliRunner().invoke(commands.group, [*words, "--project", str(project)])

    return run


@pytest.fixture
def runner(project):
    """A control server that answers by a table, and what it was asked."""
    asked = []
    answers = {}

    def answer(request, arguments, emit):
        asked.append((request, arguments))
        reply = answers.get(request)
        return reply(emit) if callable(reply) else reply

    server = control_server.Server(project / ".paas", answer)
    server.start()
    yield answers, asked
    server.close()


@pytest.mark.parametrize(
    "words",
    [
        ["status"],
        ["config"],
        ["integrate", "redis"],
        ["scale", "2"],
        ["run-action", "rotate-secret-key"],
        ["env"],
        ["logs", "-f"],
        ["fire", "update-status"],
        ["secret", "add", "api", "token=x"],
    ],
)
def test_without_a_runner_a_command_says_how_to_start_one(invoke, words):
    done = invoke(*words)
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == (
        "Error: not running: start it with `paas-app-charmer run`"
    )


def test_outside_of_a_project_a_command_says_what_it_looked_for(tmp_path):
    done = testing.CliRunner().invoke(commands.group, ["status", "--project", str(tmp_path)])
    assert done.exit_code == 1
    assert "no charmcraft.yaml in" in done.stderr


def test_what_the_runner_refuses_is_one_line_and_a_failure(invoke, runner):
    answers, _ = runner

    def refuse(_emit):
        raise control.Refused("the charm has no endpoint 'cache'")

    answers["integrate"] = refuse
    done = invoke("integrate", "cache")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == "Error: the charm has no endpoint 'cache'"


def test_config_sets_and_resets_in_one_request(invoke, runner):
    _, asked = runner
    invoke("config", "greeting=hello=you", "--reset", "colour,size")
    assert asked == [
        ("config-set", {"values": {"greeting": "hello=you"}, "reset": ["colour", "size"]})
    ]


OPTIONS = {
    "greeting": {
        "value": "hi",
        "default": "hello",
        "source": "user",
        "type": "string",
        "description": "Words\nsaid",
    },
    "debug": {
        "value": True,
        "default": None,
        "source": "user",
        "type": "boolean",
        "description": "",
    },
    "empty": {
        "value": None,
        "default": None,
        "source": "default",
        "type": "int",
        "description": "",
    },
}


def test_config_shows_every_option_as_a_plain_table_in_a_pipe(invoke, runner):
    runner[0]["config"] = OPTIONS
    assert invoke("config").stdout.splitlines()[:4] == [
        "Option    Value  Source   Type     Description",
        "debug     true   user     boolean",
        "empty            default  int",
        "greeting  hi     user     string   Words said",
    ]


def test_config_shows_the_value_of_one_option(invoke, runner):
    runner[0]["config"] = OPTIONS
    assert invoke("config", "greeting").stdout == "hi\n"


def test_config_of_an_unknown_option_fails(invoke, runner):
    runner[0]["config"] = OPTIONS
    assert "no option 'size'" in invoke("config", "size").stderr


def test_a_value_can_be_read_from_a_file(invoke, runner, tmp_path):
    (tmp_path / "key.pem").write_text("PEM")
    invoke("secret", "add", "tls", f"key=@{tmp_path}/key.pem")
    assert runner[1] == [("secret-add", {"name": "tls", "content": {"key": "PEM"}})]


def test_a_word_that_is_no_pair_is_refused_before_anything_is_asked(invoke, runner):
    done = invoke("secret", "add", "tls", "key")
    assert done.exit_code == 2
    assert "'key' is not of the form KEY=VALUE" in done.stderr
    assert runner[1] == []


def test_the_id_of_a_new_secret_is_printed(invoke, runner):
    runner[0]["secret-add"] = "secret:abc"
    assert invoke("secret", "add", "api", "token=x").stdout == "secret:abc\n"


def test_before_the_first_release_env_says_so(invoke, runner):
    runner[0]["env"] = []
    assert "no variables yet" in invoke("env").stderr


def test_ctrl_c_ends_a_command_without_a_word(invoke, runner):
    def interrupt(_emit):
        signal.raise_signal(signal.SIGINT)
        time.sleep(0.5)  # no answer comes in between

    runner[0]["status"] = interrupt
    done = invoke("status")
    assert (done.exit_code, done.output) == (130, "")


def test_the_results_of_an_action_are_printed(invoke, runner):
    runner[0]["run-action"] = {
        "status": "completed", "results": {"password": "x"}, "message": "", "log": ["made"],
    }  # fmt: skip
    done = invoke("run-action", "create-superuser", "username=a", "--unit", "1")
    assert done.stdout == "made\npassword: x\n"
    assert runner[1][0][1] == {
        "name": "create-superuser", "params": {"username": "a"}, "unit": "1",
    }  # fmt: skip


def test_a_failed_action_fails_with_its_message(invoke, runner):
    runner[0]["run-action"] = {
        "status": "failed", "results": {}, "message": "key is pinned", "log": [],
    }  # fmt: skip
    done = invoke("run-action", "rotate-secret-key")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == "Error: key is pinned"


VARIABLES = [
    {"name": "APP_KEY", "value": "********", "source": "peer secret"},
    {"name": "GREETING", "value": "hello", "source": "option greeting"},
]


def test_env_shows_each_variable_with_its_source(invoke, runner):
    runner[0]["env"] = VARIABLES
    assert invoke("env").stdout.splitlines()[:3] == [
        "Variable  Value     Source",
        "APP_KEY   ********  peer secret",
        "GREETING  hello     option greeting",
    ]


def explained(name, value, **fields):
    """Return what the runner tells of a variable."""
    empty = dict.fromkeys(
        (
            *("source", "endpoint", "interface", "property", "rule"),
            *("removed_by", "removed_by_in_juju", "then"),
        ),
        "",
    )
    return {"name": name, "value": value, "overrides": [], **empty, **fields}


S3 = {
    "source": "integration s3",
    "endpoint": "s3",
    "interface": "s3",
    "rule": "properties of s3 become S3_<PROPERTY>",
    "removed_by": "paas-app-charmer remove-relation s3",
    "removed_by_in_juju": "juju remove-relation shop:s3 s3-integrator",
}


def test_env_explains_variables_that_were_made_alike_together(invoke, runner):
    runner[0]["env"] = [
        explained("S3_BUCKET", "shop", property="bucket", **S3),
        explained("S3_SECRET_KEY", "********", property="secret_key", **S3),
    ]
    assert invoke("env", "--explain").stdout.splitlines() == [
        "integration s3, interface s3",
        "  properties of s3 become S3_<PROPERTY>",
        "  removed by  paas-app-charmer remove-relation s3",
        "  in Juju     juju remove-relation shop:s3 s3-integrator",
        "Variable       Value     Property",
        "S3_BUCKET      shop      bucket",
        "S3_SECRET_KEY  ********  secret_key",
        "",
    ]


def test_env_explains_what_a_variable_wins_over_and_what_follows_it(invoke, runner):
    runner[0]["env"] = [
        explained(
            *("PORT", "80"), source="option port", property="port", overrides=["rock", "peers"],
            rule="it is so", removed_by="a command", then="it is 8000",
        ),
        explained("ROCK", "a", source="rock", removed_by="another rock"),
    ]  # fmt: skip
    assert invoke("env", "--explain").stdout.splitlines() == [
        "option port",
        "  it is so",
        "  removed by  a command; then it is 8000",
        "Variable  Value  Property  Wins over",
        "PORT      80     port      rock, peers",
        "",
        "rock",
        "  removed by  another rock",
        "Variable  Value",
        "ROCK      a",
        "",
    ]


def test_a_variable_of_unknown_source_is_explained_as_that(invoke, runner):
    runner[0]["env"] = [explained("ODD", "********")]
    assert invoke("env", "--explain").stdout.splitlines() == [
        "of unknown source",
        "Variable  Value",
        "ODD       ********",
        "",
    ]


@pytest.mark.parametrize("words", [[], ["--explain"]])
def test_a_value_of_several_lines_does_not_tear_the_table_apart(invoke, runner, words):
    runner[0]["env"] = [explained("CA", "BEGIN\nEND\n\x1b")]
    shown = [line for line in invoke("env", *words).stdout.splitlines() if line.startswith("CA")]
    assert shown == ["CA        BEGIN\\nEND\\n\N{REPLACEMENT CHARACTER}"]


def test_explaining_asks_for_no_secret(invoke, runner):
    invoke("env", "--explain")
    assert runner[1] == [("env", {"unit": None, "reveal": False})]


def test_env_prints_json(invoke, runner):
    runner[0]["env"] = VARIABLES
    assert json.loads(invoke("env", "--json").stdout) == VARIABLES


def test_logs_show_lines_as_the_runner_sends_them(invoke, runner):
    line = {"source": "a/0", "stream": "flask", "text": "up", "level": "INFO", "time": 0}

    def send(emit):
        emit(line)
        emit(None)
        emit({**line, "stream": "charm", "text": "done"})

    runner[0]["logs"] = send
    shown = [text[9:] for text in invoke("logs").stdout.splitlines()]
    assert shown == ["a/0 flask | up", "a/0 charm | done"]


def test_logs_of_a_run_that_is_over_are_shown(invoke, project):
    logs.Journal(project / ".paas").add(logs.Line(source="runner", text="the end"))
    assert invoke("logs").stdout.endswith("runner | the end\n")


def test_labels_stay_aligned_and_keep_their_colour():
    shown = []
    show = lines.Printer(shown.append)
    for stream in ("flask", "x", "flask"):
        show({"source": "a/0", "stream": stream, "text": "t", "level": "INFO", "time": 0})
    assert [click.unstyle(text)[9:] for text in shown] == [
        "a/0 flask | t",
        "a/0 x     | t",
        "a/0 flask | t",
    ]
    assert shown[0] == shown[2]


def test_a_plain_table_has_nothing_after_its_last_cell():
    assert terminal.plain(("A", "Bb"), [("aaa", ""), ("", "b")]) == "A    Bb\naaa\n     b"


def test_down_without_a_runner_is_no_error(invoke):
    done = invoke("down")
    assert (done.exit_code, done.stdout) == (0, "not running\n")


def test_down_clean_removes_everything(invoke, project):
    (project / ".paas" / "services").mkdir()
    assert invoke("down", "--clean").exit_code == 0
    assert not (project / ".paas").exists()


@pytest.mark.parametrize("start", [".", "charm", "shop/templates"])
def test_a_project_is_found_from_any_of_its_folders(project, start):
    (project / "shop" / "templates").mkdir(parents=True)
    found = runner_project.find(project / start)
    assert (found.folder, found.charm) == (project, project / "charm")


def test_a_charm_and_a_rock_may_share_one_folder(tmp_path):
    (tmp_path / "charmcraft.yaml").touch()
    (tmp_path / "rockcraft.yaml").touch()
    found = runner_project.find(tmp_path)
    assert (found.folder, found.charm) == (tmp_path, tmp_path)


def test_a_charm_without_a_rock_is_refused(tmp_path):
    (tmp_path / "charmcraft.yaml").touch()
    with pytest.raises(control.Refused.__base__, match=r"no rockcraft"):
        runner_project.find(tmp_path)


def _try_to_lock(state):
    return _python(
        "import pathlib, sys\n"
        "from paas_app_charmer.local import errors, runner_project\n"
        "try:\n"
        f"    with runner_project.lock(pathlib.Path({str(state)!r})):\n"
        "        print('locked')\n"
        "except errors.LocalError as error:\n"
        "    print(error)"
    ).stdout


def test_a_second_run_is_refused_with_the_process_of_the_first(tmp_path):
    with runner_project.lock(tmp_path):
        refusal = _try_to_lock(tmp_path)
    assert refusal == (
        f"already running here as process {os.getpid()}: stop it with `paas-app-charmer down`, "
        "or look at it with `paas-app-charmer status`\n"
    )


def test_the_lock_of_a_run_that_is_over_stops_nobody(tmp_path):
    with runner_project.lock(tmp_path):
        pass
    assert _try_to_lock(tmp_path) == "locked\n"


def test_who_runs_is_known_while_the_lock_is_held(tmp_path):
    with runner_project.lock(tmp_path):
        assert runner_project.running(tmp_path) == os.getpid()
    assert runner_project.running(tmp_path) is None


def test_a_clean_run_forgets_all_but_what_is_only_slow_to_make(tmp_path):
    for name in ("venv", "services"):
        (tmp_path / name).mkdir()
    (tmp_path / "state.json").touch()
    runner_project.clean(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["venv"]
