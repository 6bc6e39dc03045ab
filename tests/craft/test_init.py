"""`charmcraft init` with our profiles."""

from __future__ import annotations

import os
import stat

import pytest

from paas_app_charmer.suites import catalogue, profile

pytestmark = pytest.mark.timeout(400)


def written(folder):
    """Return text and executability of all files, those of Git excepted."""
    return {
        path.relative_to(folder).as_posix(): profile.File(
            text=path.read_text(), executable=bool(path.stat().st_mode & stat.S_IXUSR)
        )
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


@pytest.mark.parametrize(
    ("name", "options", "base"),
    [
        *((suite.name, (), suite.default_base) for suite in catalogue.SUITES.values()),
        ("flask-framework", ("--base", "ubuntu@22.04"), "ubuntu@22.04"),
        ("django-framework", ("--base", "ubuntu@26.04"), "ubuntu@26.04"),
    ],
)
def test_init_writes_our_profile(tool, charmcraft, tmp_path, name, options, base):
    done = tool(
        charmcraft,
        *("init", "--profile", name, "--name", "my-app", *options, "charm"),
        folder=tmp_path,
    )
    assert done.code == 0, done.err
    suite = catalogue.SUITES[name]
    assert written(tmp_path / "charm") == profile.files(suite, "charm", name="my-app", base=base)
    assert "src/charm.py" in done.out
    assert (tmp_path / "charm/.git").is_dir()


def test_init_names_the_project_after_its_folder(tool, charmcraft, tmp_path):
    folder = tmp_path / "guest-book"
    folder.mkdir()
    tool(charmcraft, "init", "--profile", "flask-framework", "--vcs", "none", folder=folder)
    suite = catalogue.SUITES["flask-framework"]
    files = profile.files(suite, "charm", name="guest-book", base=suite.default_base)
    assert written(folder) == files
    assert not (folder / ".git").exists()


def test_init_refuses_to_overwrite_and_writes_nothing(tool, charmcraft, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/charm.py").write_text("mine")
    done = tool(
        charmcraft, "init", "--profile", "flask-framework", "--name", "my-app", folder=tmp_path
    )
    assert done.code == os.EX_CANTCREAT
    assert "  - src/charm.py" in done.err.splitlines()
    assert set(written(tmp_path)) == {"src/charm.py"}


def test_init_with_force_writes_what_is_missing(tool, charmcraft, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/charm.py").write_text("mine")
    command = ("init", "--force", "--profile", "flask-framework", "--name", "my-app")
    assert tool(charmcraft, *command, folder=tmp_path).code == 0
    suite = catalogue.SUITES["flask-framework"]
    files = dict(profile.files(suite, "charm", name="my-app", base=suite.default_base))
    files["src/charm.py"] = profile.File(text="mine")
    assert written(tmp_path) == files


def test_init_lists_the_bases_there_are(tool, charmcraft, tmp_path):
    command = ("init", "--profile", "django-framework", "--name", "my-app")
    done = tool(charmcraft, *command, "--base", "ubuntu@20.04", folder=tmp_path)
    assert done.code != 0
    assert "the base 'ubuntu@20.04'" in done.err
    assert "ubuntu@22.04, ubuntu@24.04, ubuntu@26.04" in done.err
    assert written(tmp_path) == {}


def test_init_refuses_a_name_that_no_charm_may_have(tool, charmcraft, tmp_path):
    command = ("init", "--profile", "django-framework", "--name", "My_App")
    done = tool(charmcraft, *command, folder=tmp_path)
    assert done.code != 0
    assert "My_App is not a valid charm name" in done.err
    assert written(tmp_path) == {}


def test_init_needs_no_author_for_our_profile(tool, charmcraft, tmp_path, intruder):
    nameless = "import charmcraft.services.init as i; i._get_users_full_name_gecos = lambda: None"
    done = tool(
        charmcraft,
        *("init", "--profile", "flask-framework", "--name", "my-app"),
        folder=tmp_path,
        environment=intruder(nameless),
    )
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("ours", "stock"),
    [
        *((f"stock-{name}", name) for name in catalogue.SUITES),
        ("kubernetes", "kubernetes"),
    ],
)
def test_the_stock_profiles_stay_available(
    tool, charmcraft, stock_charmcraft, tmp_path, ours, stock
):
    for folder, program, name in (("o", charmcraft, ours), ("s", stock_charmcraft, stock)):
        command = ("init", "--profile", name, "--name", "my-app", "--author", "A", folder)
        assert tool(program, *command, folder=tmp_path).code == 0
    assert written(tmp_path / "o") == written(tmp_path / "s") != {}


def test_help_says_which_profiles_are_ours(tool, charmcraft, tmp_path):
    done = tool(charmcraft, "init", "--help", folder=tmp_path)
    assert "flask-framework (stock-flask-framework)" in done.err
