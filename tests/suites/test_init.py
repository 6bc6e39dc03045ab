from __future__ import annotations

import json
import os

import pytest
import yaml
from click import testing

from paas_app_charmer.cli import commands
from paas_app_charmer.suites import catalogue, check, scaffold

from . import test_detect

CHARM = {"charmcraft.yaml", "src/charm.py", "pyproject.toml", "requirements.txt", "tox.ini"}
CHARM |= {".gitignore"}
BOTH = {"rockcraft.yaml", *(f"charm/{path}" for path in CHARM)}

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def app(tmp_path, monkeypatch):
    """The folder of a Flask application, which is the current one."""
    folder = tmp_path / "postcards"
    folder.mkdir()
    (folder / "app.py").write_text("import flask\n\napp = flask.Flask(__name__)\n")
    (folder / "requirements.txt").write_text("flask\n")
    monkeypatch.chdir(folder)
    return folder


def init(*words):
    return testing.CliRunner().invoke(commands.group, ["init", *words])


def told(*words):
    done = init(*words, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def refused(*words):
    done = init(*words)
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    return line.removeprefix("Error: ")


def content(path):
    return yaml.safe_load(path.read_text())


def everything(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_an_application_gets_a_rock_and_a_charm_that_pass_all_checks(app):
    before = everything(app)
    assert set(told()["wrote"]) == BOTH
    assert everything(app) == before | BOTH
    assert check.check(app).findings == ()


def test_each_file_is_told_as_written_or_kept(app):
    (app / "charm").mkdir()
    (app / "charm" / "tox.ini").write_text("mine")
    lines = init().stdout.splitlines()
    assert "wrote  rockcraft.yaml" in lines
    assert "kept   charm/tox.ini" in lines


def test_what_to_do_next_is_told_for_the_folder_that_was_named(app):
    assert "paas-app-charmer run " in init().stdout
    named = init(str(app / "my site"), "--profile", "flask").stdout
    assert f"paas-app-charmer check '{app}/my site'" in named


def test_why_it_is_this_framework_is_told():
    assert "  sure: app.py imports flask, flask is among the requirements\n" in init().stdout


def test_how_sure_it_is_is_told_to_programs_too():
    assert told()["certainty"] == "sure"
    assert told("--profile", "flask")["certainty"] == "given"


def test_what_less_speaks_for_is_told(app):
    (app / "requirements.txt").write_text("flask\ndjango\n")
    assert "  less speaks for Django: django is among the requirements\n" in init().stdout


@pytest.mark.parametrize("suite", catalogue.SUITES.values(), ids=lambda suite: suite.framework)
def test_a_charm_alone_is_for_the_application_that_its_folder_is_in(tmp_path, suite):
    files = test_detect.PROJECTS[suite.framework]
    for path, text in files.items():
        (tmp_path / "shop" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / path).write_text(text)
    (tmp_path / "shop" / "charm").mkdir()
    order = scaffold.Order(folder=tmp_path / "shop" / "charm", half="charm")
    assert scaffold.plan(order).suite is suite


def test_the_charm_can_be_executed(app):
    told()
    assert os.access(app / "charm" / "src" / "charm.py", os.X_OK)


def test_init_again_changes_nothing(app):
    told()
    (app / "rockcraft.yaml").write_text("name: mine\nextensions: [flask-framework]\n")
    before = {path: (app / path).read_bytes() for path in everything(app)}
    again = told()
    assert again["wrote"] == []
    assert set(again["kept"]) == BOTH
    assert {path: (app / path).read_bytes() for path in everything(app)} == before


def test_what_was_deleted_is_added_as_the_project_files_say(app):
    told("--name", "cards", "--base", "ubuntu@26.04")
    (app / "charm" / "pyproject.toml").unlink()
    (app / "charm" / "src" / "charm.py").unlink()
    again = told()
    assert set(again["wrote"]) == {"charm/pyproject.toml", "charm/src/charm.py"}
    assert "CardsCharm" in (app / "charm" / "src" / "charm.py").read_text()
    assert "dependency-groups" in (app / "charm" / "pyproject.toml").read_text()


def test_a_second_half_is_of_the_generation_of_the_first():
    told("rock", "--base", "ubuntu@26.04")
    assert told()["bases"] == {"rock": "ubuntu@26.04", "charm": "ubuntu@26.04"}


def test_a_charm_beside_the_application_is_added_to_where_it_is(app):
    (app / "charmcraft.yaml").write_text("name: cards\nextensions: [flask-framework]\n")
    assert "src/charm.py" in told()["wrote"]
    assert not (app / "charm").exists()


def test_a_rock_alone_is_one_file(app):
    assert told("rock")["wrote"] == ["rockcraft.yaml"]
    assert content(app / "rockcraft.yaml")["base"] == "bare"


def test_a_charm_alone_goes_into_the_folder_itself(app):
    done = told("charm", "charm")
    assert set(done["wrote"]) == CHARM
    assert everything(app / "charm") == CHARM


def test_a_charm_alone_is_that_of_the_project_around_it(app, monkeypatch):
    (app / "charm").mkdir()
    monkeypatch.chdir(app / "charm")
    told("charm")
    charm = content(app / "charm" / "charmcraft.yaml")
    assert charm["name"] == "postcards"
    assert charm["extensions"] == ["flask-framework"]


def test_a_charm_alone_has_the_name_of_the_rock_around_it(app, monkeypatch):
    told("rock", "--name", "cards")
    (app / "charm").mkdir()
    monkeypatch.chdir(app / "charm")
    assert told("charm")["name"] == "cards"


@pytest.mark.parametrize("half", ["rock", "charm"])
def test_one_half_that_is_there_is_left_alone_and_its_files_are_named(app, half):
    told(half)
    first = "rockcraft.yaml" if half == "rock" else "charmcraft.yaml"
    if half == "charm":
        (app / "src" / "charm.py").unlink()
    before = everything(app)
    line = refused(half)
    assert line.startswith("already there: ")
    assert first in line
    assert everything(app) == before


def test_one_half_is_completed_with_force(app):
    told("charm", "charm")
    (app / "charm" / "src" / "charm.py").unlink()
    (app / "charm" / "tox.ini").write_text("mine")
    assert told("charm", "charm", "--force")["wrote"] == ["src/charm.py"]
    assert (app / "charm" / "tox.ini").read_text() == "mine"


def test_a_charm_is_not_begun_twice_in_one_project():
    told()
    assert "there is a charm in charm already" in refused("charm")


@pytest.mark.parametrize("profile", ["django", "django-framework"])
def test_the_profile_has_a_long_and_a_short_name(app, profile):
    told("--profile", profile)
    assert content(app / "rockcraft.yaml")["extensions"] == ["django-framework"]


@pytest.mark.parametrize("profile", ["rails", ""])
def test_a_profile_that_is_not_there_is_refused_with_those_that_are(profile):
    line = refused("--profile", profile)
    assert all(name in line for name in catalogue.SUITES)


def test_without_a_framework_the_profile_is_asked_for(app):
    for path in everything(app):
        (app / path).unlink()
    assert "--profile django-framework or " in refused()
    assert everything(app) == set()


def test_the_name_is_that_of_the_folder():
    assert told()["name"] == "postcards"


@pytest.mark.parametrize("words", [(), ("rock",)])
def test_a_folder_whose_name_cannot_be_used_gives_way_to_another_name(app, words):
    folder = app.rename(app.with_name("My_Cards"))
    done = told(*words, str(folder))
    assert done["name"] == "my-project"
    assert "My_Cards" in done["remarks"][-1]


def test_a_charm_alone_is_not_named_by_chance(app):
    folder = app.rename(app.with_name("My_Cards"))
    assert "choose one with --name" in refused("charm", str(folder))


@pytest.mark.parametrize("words", [(), ("rock",), ("charm",)])
@pytest.mark.parametrize("name", ["My_Cards", "1up", ""])
def test_a_name_that_cannot_be_used_is_refused(app, words, name):
    before = everything(app)
    assert "cannot be the name" in refused(*words, "--name", name)
    assert everything(app) == before


@pytest.mark.parametrize(
    ("words", "bases"),
    [
        ((), {"rock": "bare", "charm": "ubuntu@24.04"}),
        (("--base", "bare"), {"rock": "bare", "charm": "ubuntu@24.04"}),
        (("--base", "ubuntu@22.04"), {"rock": "ubuntu@22.04", "charm": "ubuntu@22.04"}),
        (("rock", "--base", "ubuntu@24.04"), {"rock": "ubuntu@24.04"}),
        (("charm", "--base", "ubuntu@26.04"), {"charm": "ubuntu@26.04"}),
    ],
)
def test_the_base_is_the_one_that_was_asked_for(words, bases):
    assert told(*words)["bases"] == bases


@pytest.mark.parametrize(
    "words", [("--base", "ubuntu@20.04"), ("charm", "--base", "bare"), ("rock", "--base", "")]
)
def test_an_unknown_base_is_refused_with_those_that_there_are(words):
    line = refused(*words)
    assert "ubuntu@22.04, ubuntu@24.04, ubuntu@26.04" in line


def test_the_second_generation_needs_a_lock_file_and_that_is_told():
    assert "uv lock" in init("--base", "ubuntu@26.04").stdout
    assert "uv lock" not in init("--base", "ubuntu@24.04").stdout


def test_folders_are_made(app):
    told("a1/b1/c1", "--profile", "flask")
    assert content(app / "a1" / "b1" / "c1" / "rockcraft.yaml")["name"] == "c1"


def test_what_cannot_be_written_is_one_line_and_leaves_nothing_behind(app):
    (app / "charm").write_text("in the way")
    assert refused().startswith("cannot write charm")
    assert everything(app) == {"app.py", "requirements.txt", "charm"}


def test_a_folder_that_cannot_be_made_is_one_line():
    assert refused("/proc/nothing/here", "--profile", "flask").startswith("cannot write /proc")


def test_a_link_to_nowhere_is_kept(app):
    (app / "rockcraft.yaml").symlink_to("nowhere")
    assert told()["kept"] == ["rockcraft.yaml"]
    assert not (app / "nowhere").exists()


@pytest.mark.parametrize("words", [("image",), ("rock", "one", "two"), ("one", "two")])
def test_words_that_mean_nothing_are_no_folders(app, words):
    done = init(*words)
    assert done.exit_code in {1, 2}
    assert everything(app) == {"app.py", "requirements.txt"}
