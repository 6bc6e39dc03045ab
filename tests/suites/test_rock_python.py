"""What rocks with Python applications have: requirements, interpreter, build steps that run."""

from __future__ import annotations

import os
import pathlib
import stat
import subprocess

import pytest

from paas_app_charmer.suites import gunicorn

from . import rocks

FRAMEWORKS = pytest.mark.parametrize(
    ("expand", "framework"), [(rocks.expand, "flask"), (rocks.expand_django, "django")]
)
PYPROJECT = '[project]\nname = "a"\nversion = "1"\ndependencies = ["flask"]\n'


def without(texts, *names):
    return {name: text for name, text in texts.items() if name not in names}


@pytest.fixture
def build(tmp_path):
    """Run the build step of a part as the packing tool does, and return what it installed."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "craftctl").write_text(f"#!/bin/sh\necho $* >> {tmp_path}/called\n")
    (programs / "craftctl").chmod(0o755)

    def build(part) -> pathlib.Path:
        installed = tmp_path / "install"
        installed.mkdir()
        path = f"{programs}:{os.environ['PATH']}"
        environment = {"PATH": path, "CRAFT_PART_INSTALL": str(installed)}
        subprocess.run(
            ["sh", "-e", "-u", "-c", part["override-build"]],
            env=environment,
            cwd=tmp_path,
            check=True,
        )
        assert (tmp_path / "called").read_text() == "default\n"
        return installed

    return build


@FRAMEWORKS
def test_the_configuration_files_travel_inside_of_the_expansion(build, expand, framework):
    part = rocks.part(expand(), "config-files", framework)  # S-08
    installed = build(part)
    found = {
        f"/{path.relative_to(installed)}": path.read_text()
        for path in installed.rglob("*")
        if path.is_file()
    }
    assert found == gunicorn.files(framework)
    path = f"{framework}/gunicorn.conf.py"
    assert part["permissions"] == [{"path": path, "owner": 584792, "group": 584792}]
    assert part["plugin"] == "nil"
    assert "source" not in part


@FRAMEWORKS
def test_gunicorn_is_configured_to_serve_and_to_measure(expand, framework):
    del expand
    settings: dict[str, object] = {}
    exec(gunicorn.files(framework)[f"/{framework}/gunicorn.conf.py"], settings)
    del settings["__builtins__"]
    assert settings == {
        "bind": ["0.0.0.0:8000"],
        "chdir": f"/{framework}/app",
        "statsd_host": "localhost:9125",
    }


@FRAMEWORKS
def test_folders_for_logs_are_made_and_belong_to_the_user(build, expand, framework):
    part = rocks.part(expand(), "logging", framework)
    installed = build(part)
    owned = [permission["path"] for permission in part["permissions"]]
    assert owned == ["opt/promtail", "etc/promtail", f"var/log/{framework}"]
    assert all((installed / folder).is_dir() for folder in owned)
    owners = {(one["owner"], one["group"]) for one in part["permissions"]}
    assert owners == {(584792, 584792)}


@FRAMEWORKS
def test_a_bare_rock_has_a_shell_and_a_place_for_temporary_files(build, expand, framework):
    part = rocks.part(expand(), "runtime", framework)
    slices = ["bash_bins", "coreutils_bins", "ca-certificates_data"]
    assert part["stage-packages"] == slices
    installed = build(part)
    assert (installed / "usr/bin/sh").readlink() == pathlib.Path("/usr/bin/bash")
    assert stat.S_IMODE((installed / "tmp").stat().st_mode) == 0o1777


@FRAMEWORKS
def test_a_rock_on_ubuntu_has_both_already(expand, framework):
    expanded = expand(base="ubuntu@24.04", build_base=None)
    expected = {"plugin": "nil", "stage-packages": ["ca-certificates_data"]}
    assert rocks.part(expanded, "runtime", framework) == expected
    assert f"{framework}-framework/runtime-libs" not in expanded.content["parts"]


@pytest.mark.parametrize(("base", "version"), [("22.04", "3.10"), ("24.04", "3.12")])
def test_a_bare_rock_has_the_interpreter_of_what_it_is_built_on(base, version):
    part = rocks.part(rocks.expand(build_base=f"ubuntu@{base}"), "dependencies")
    assert part["stage-packages"] == [f"python{version}-venv_ensurepip"]
    assert part["build-environment"] == [{"PARTS_PYTHON_INTERPRETER": f"python{version}"}]
    assert "stage" not in part


@pytest.mark.parametrize("base", ["ubuntu@22.04", "ubuntu@24.04", "ubuntu@26.04"])
def test_a_rock_on_ubuntu_has_the_interpreter_of_that(base):
    part = rocks.part(rocks.expand(base=base, build_base=None), "dependencies")
    assert part["stage-packages"] == ["python3-venv"]
    assert part["build-environment"] == []
    assert part["stage"] == ["-etc/ssl/certs/ca-certificates.crt"]


def test_without_requirements_txt_the_project_itself_is_installed():
    texts = {**without(rocks.FLASK, "requirements.txt"), "pyproject.toml": PYPROJECT}
    expanded = rocks.expand(texts)
    part = rocks.part(expanded, "dependencies")
    assert (part["source"], part["python-requirements"]) == (".", [])
    assert part["python-packages"] == ["gunicorn~=23.0"]
    assert expanded.findings == ()


def test_a_package_that_a_lock_file_brings_along_is_required_too():
    lock = (
        '[[package]]\nname = "a"\nsource = {virtual = "."}\ndependencies = [{name = "b"}]\n'
        '[[package]]\nname = "b"\ndependencies = [{name = "flask"}, {name = "gevent"}]\n'
    )
    texts = {"app.py": "app = 1", "pyproject.toml": '[project]\nname = "a"', "uv.lock": lock}
    expanded = rocks.expand(texts)
    assert expanded.errors == ()
    assert "[ sync ]" in expanded.content["services"]["flask"]["command"]


@pytest.mark.parametrize(
    ("texts", "lines"),
    [
        (
            {},
            [
                (
                    "requirements.txt: is missing, and so is pyproject.toml; "
                    "list in it what the application needs, `flask` for one"
                )
            ],
        ),
        (
            {"requirements.txt": "flask-login\n# flask"},
            ["requirements.txt: does not name `flask`; add `flask` to it"],
        ),
        (
            {"pyproject.toml": '[project]\nname = "a"'},
            ["pyproject.toml: does not name `flask`; add `flask` to it"],
        ),
        (
            {"requirements.txt": "", "pyproject.toml": '[project]\nname = "a"'},
            [
                (
                    "requirements.txt: does not name `flask`, and neither does pyproject.toml; "
                    "add `flask` to it"
                )
            ],
        ),
        (
            {"requirements.txt": "", "pyproject.toml": "project = 1"},
            ["pyproject.toml: `project` should be a table"],
        ),
        (
            {"requirements.txt": "flask\n-r base.txt\n-r ../all.txt"},
            [
                "requirements.txt: includes `base.txt`, which cannot be found in the project",
                "requirements.txt: includes `../all.txt`, which cannot be found in the project",
            ],
        ),
    ],
)
def test_requirements_of_flask_that_will_not_do_are_told(texts, lines):
    assert rocks.told(rocks.expand({"app.py": "app = 1", **texts})) == lines


@pytest.mark.parametrize(
    ("texts", "lines"),
    [
        (
            {"pyproject.toml": PYPROJECT.replace("flask", "django")},
            [
                (
                    "requirements.txt: is missing; "
                    "list in it what the application needs, `django` for one"
                )
            ],
        ),
        (
            {"requirements.txt": "django-allauth"},
            ["requirements.txt: does not name `django`; add `django` to it"],
        ),  # S-11
    ],
)
def test_requirements_of_django_that_will_not_do_are_told(texts, lines):
    project = {**without(rocks.DJANGO, "requirements.txt"), **texts}
    assert rocks.told(rocks.expand_django(project)) == lines


@pytest.mark.parametrize(
    ("texts", "others", "keys"),
    [
        ({"pyproject.toml": "[tool.ruff]"}, ["app/a.py", "tests/a.py"], []),
        ({"pyproject.toml": "[tool.ruff]"}, ["static/a.css", "templates/a"], ["tool.setuptools"]),
        ({"pyproject.toml": "[tool.setuptools]"}, ["static/a.css", "templates/a"], []),
        ({"pyproject.toml": "[build-system]"}, ["static/a.css", "templates/a"], []),
        (
            {"pyproject.toml": '[project]\ndependencies = ["flask"]', "requirements.txt": None},
            [],
            ["project.name"],
        ),
    ],
)
def test_a_pyproject_that_pip_may_refuse_is_warned_of(texts, others, keys):
    files = {name: text for name, text in {**rocks.FLASK, **texts}.items() if text is not None}
    expanded = rocks.expand(files, others)
    assert [(one.file, one.key) for one in expanded.findings] == [
        ("pyproject.toml", key) for key in keys
    ]
    assert expanded.errors == ()
