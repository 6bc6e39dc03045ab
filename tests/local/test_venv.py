"""The virtual environment that stands for the rock's Python packages."""

from __future__ import annotations

import subprocess
import sys

import pytest

from paas_app_charmer.local import errors, venv


@pytest.fixture(params=["uv where it is there", "pip"])
def installer(request, monkeypatch):
    """Run a test once more on a machine without uv."""
    if request.param == "pip":
        monkeypatch.setenv("PATH", "/usr/bin:/bin")
        monkeypatch.setitem(sys.modules, "uv", None)


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "requirements.txt").write_text("")
    return folder


@pytest.fixture
def ensure(project, tmp_path):
    """Ensure the environment of the project; return it and what progress was told."""

    def ensure() -> tuple[venv.Environment, list[str]]:
        told: list[str] = []
        made = venv.ensure(
            project, packages=("gunicorn~=23.0",), state=tmp_path / "state", progress=told.append
        )
        return made, told

    return ensure


def make_own(project, *packages):
    """Give the project an environment that looks as if those packages were installed."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / ".venv"], check=True)
    (site_packages,) = (project / ".venv").glob("lib/python3*/site-packages")
    for package in packages:
        (site_packages / f"{package}-1.0.dist-info").mkdir()


def test_the_projects_own_environment_is_used_if_it_has_all(project, ensure):
    (project / "requirements.txt").write_text("Flask_Login\n")
    make_own(project, "gunicorn", "flask_login")
    environment, told = ensure()
    assert (environment.folder, environment.is_ours, told) == (project / ".venv", False, [])


def test_an_own_environment_without_gunicorn_is_left_alone(project, ensure):
    make_own(project)
    environment, _ = ensure()
    assert environment.is_ours
    assert environment.folder != project / ".venv"


@pytest.mark.usefixtures("installer")
def test_an_environment_with_gunicorn_is_made_and_told(ensure):
    environment, told = ensure()
    version = subprocess.run(
        [environment.python, "-m", "gunicorn", "--version"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert version.startswith("gunicorn (version 23.")
    assert told == ["Installing the application's requirements"]


def test_nothing_is_installed_while_the_requirements_stay(ensure):
    ensure()
    _, told = ensure()
    assert told == []


def test_a_change_of_the_requirements_is_followed(project, ensure):
    ensure()
    (project / "requirements.txt").write_text("# a remark\n")
    _, told = ensure()
    assert told != []


def test_a_change_of_what_the_requirements_include_is_followed(project, ensure):
    (project / "requirements.txt").write_text("-r base.txt\n")
    (project / "base.txt").write_text("")
    ensure()
    (project / "base.txt").write_text("# a remark\n")
    _, told = ensure()
    assert told != []


def test_a_pyproject_that_cannot_be_read_is_refused(project, ensure):
    (project / "pyproject.toml").write_text("[project\n")
    with pytest.raises(errors.LocalError, match=r"^pyproject\.toml: is not TOML: "):
        ensure()


def test_requirements_of_pyproject_are_installed(project, ensure):
    (project / "pyproject.toml").write_text('[project]\ndependencies = ["itsdangerous"]\n')
    environment, _ = ensure()
    subprocess.run([environment.python, "-c", "import itsdangerous"], check=True)


@pytest.mark.usefixtures("installer")
def test_an_unreachable_index_is_one_clear_line(project, ensure, monkeypatch):
    (project / "requirements.txt").write_text("no-such-package-of-ours\n")
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(errors.LocalError) as refusal:
        ensure()
    expected = "Python packages cannot be downloaded: the package index cannot be reached."
    assert str(refusal.value) == expected


def test_a_failed_installation_is_tried_again(project, ensure):
    (project / "requirements.txt").write_text("./no-such-folder\n")
    for _ in range(2):
        with pytest.raises(errors.LocalError):
            ensure()
    (project / "requirements.txt").write_text("")
    environment, _ = ensure()
    assert environment.is_ours
