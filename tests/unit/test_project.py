"""What a project folder holds, read once and judged without looking again."""

from __future__ import annotations

import os
import pathlib
import time

import pytest

from paas_app_charmer import project


def holding(texts: dict[str, str]) -> project.Project:
    return project.Project(paths=frozenset(texts), texts=texts)


def write(folder: pathlib.Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def test_requirements_of_all_files_are_joined():
    texts = {
        "requirements.txt": "flask\n-r requirements/more.txt",
        "requirements/more.txt": "Celery\n-r base.txt\n-r ../requirements.txt",
        "requirements/base.txt": "redis",
        "requirements/unused.txt": "django",
        "pyproject.toml": '[project]\ndependencies = ["Gevent>=24"]',
        "uv.lock": '[[package]]\nname = "me"\nsource = {virtual = "."}\n'
        'dependencies = [{name = "boto3"}]\n[[package]]\nname = "boto3"\n'
        'dependencies = [{name = "botocore"}]',
    }
    asked = {"flask", "celery", "redis", "gevent", "boto3"}
    assert project.requirements(holding(texts)) == asked
    assert project.installed(holding(texts)) == asked | {"botocore"}


def test_dependencies_are_those_of_pyproject_as_written():
    text = '[project]\ndependencies = ["Flask >= 3"]'
    assert project.dependencies(holding({"pyproject.toml": text})) == ("Flask >= 3",)
    assert project.dependencies(holding({"pyproject.toml": "[project"})) == ()
    assert project.dependencies(holding({})) == ()


def test_a_file_that_is_included_but_not_there_is_named():
    texts = {"requirements.txt": "-r a.txt\n-r b.txt\n-r ../c.txt", "a.txt": "-r d.txt"}
    expected = {
        ("requirements.txt", "b.txt"),
        ("requirements.txt", "../c.txt"),
        ("a.txt", "d.txt"),
    }
    assert set(project.missing_includes(holding(texts))) == expected


def test_a_project_is_read_three_folders_deep(tmp_path):
    write(tmp_path, dict.fromkeys(("app.py", "a/b/wsgi.py", "a/b/c/wsgi.py"), "application = 1"))
    found = project.read(tmp_path)
    assert found.paths == {"app.py", "a", "a/b", "a/b/wsgi.py", "a/b/c"}
    assert set(found.texts) == {"app.py", "a/b/wsgi.py"}


def test_what_is_hidden_is_seen_at_the_top_and_not_looked_into(tmp_path):
    paths = (".git/app.py", "node_modules/app.py", ".env", "web/.env", "web/__pycache__/app.py")
    write(tmp_path, dict.fromkeys(paths, ""))
    found = project.read(tmp_path)
    assert found.paths == {".git", "node_modules", ".env", "web"}
    assert found.entries == (".env", ".git", "node_modules", "web")


def test_only_files_at_the_top_that_may_be_started_are_executables(tmp_path):
    (tmp_path / "bin").mkdir()
    for path, mode in (("mvnw", 0o755), ("notes.txt", 0o644), ("bin/tool", 0o755)):
        (tmp_path / path).write_text("")
        (tmp_path / path).chmod(mode)
    assert project.read(tmp_path).executables == {"mvnw"}


def test_a_tool_names_more_files_to_read_and_how_deep_they_count(tmp_path):
    (tmp_path / "web").mkdir()
    for path in ("setup.toml", "web/setup.toml"):
        (tmp_path / path).write_text("text")
    assert project.read(tmp_path).texts == {}
    assert project.read(tmp_path, {"setup.toml": 1}).texts == {"setup.toml": "text"}


def test_a_virtual_environment_is_known_for_one_and_not_looked_into(tmp_path):
    write(tmp_path, {"environment/pyvenv.cfg": "", "environment/app.py": "", "web/app.py": ""})
    found = project.read(tmp_path)
    assert found.is_environment("environment")
    assert not found.is_environment("web")
    assert found.paths == {"environment", "environment/pyvenv.cfg", "web", "web/app.py"}


def test_all_that_says_what_is_required_is_read(tmp_path):
    files = ("requirements.txt", "dev-requirements.txt", "requirements/web.txt", "uv.lock")
    write(tmp_path, dict.fromkeys([*files, "notes.txt", "docs/notes.txt"], "flask"))
    assert project.read(tmp_path).texts.keys() == set(files)


def test_what_a_requirements_file_includes_is_read_wherever_it_is(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("secret")
    folder = tmp_path / "project"
    included = f"-r a/b/c/d/base.txt\n-r {outside}\n-r ../outside.txt\n-r missing.txt\n-r x\0y"
    write(folder, {"requirements.txt": included, "a/b/c/d/base.txt": "-r .hidden.txt"})
    write(folder, {"a/b/c/d/.hidden.txt": "-r base.txt"})
    expected = {"requirements.txt", "a/b/c/d/base.txt", "a/b/c/d/.hidden.txt"}
    assert project.read(folder).texts.keys() == expected


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfflask\r\nredis\r\n", "flask\nredis\n"),
        ("flask\r\n".encode("utf-16"), "flask\n"),
        (b"caf\xe9", "caf\N{REPLACEMENT CHARACTER}"),
        (b"\xff\xfe\x00", "\N{REPLACEMENT CHARACTER}"),
        (b"", ""),
    ],
)
def test_a_text_may_be_encoded_in_many_ways(tmp_path, data, text):
    (tmp_path / "requirements.txt").write_bytes(data)
    assert project.read(tmp_path).texts == {"requirements.txt": text}


def test_what_is_no_file_is_told(tmp_path):
    (tmp_path / "app.py").mkdir()
    os.mkfifo(tmp_path / "main.py")
    (tmp_path / "wsgi.py").symlink_to("nowhere")
    (tmp_path / "rockcraft.yaml").symlink_to("rockcraft.yaml")
    os.truncate(os.open(tmp_path / "uv.lock", os.O_CREAT | os.O_WRONLY), 5 << 20)
    found = project.read(tmp_path)
    assert found.texts == {}
    assert found.unreadable == {
        "app.py": "it is a folder",
        "main.py": "it is no file",
        "wsgi.py": "No such file or directory",
        "rockcraft.yaml": "Too many levels of symbolic links",
        "uv.lock": "it is larger than 4 MiB",
    }


@pytest.mark.parametrize(
    ("path", "lacks"),
    [
        *(("web", False), ("web/a.py", False), ("web/b.py", True), ("other", True)),
        *(("web/a.py/b", True), ("web/lib/x/y", True), ("web/lib/c/deep", False)),
        *((".git/x", False), ("web/.env", False), ("web/__pycache__/x", False)),
        *(("environment/bin", False), (".other", True), ("node_modules/x", False)),
    ],
)
def test_only_where_was_looked_something_is_certainly_not_there(tmp_path, path, lacks):
    files = ("web/a.py", "web/lib/c/d/e", ".git/a", "node_modules/a", "environment/pyvenv.cfg")
    write(tmp_path, dict.fromkeys(files, ""))
    assert project.read(tmp_path).lacks(path) is lacks


def test_folders_that_lead_in_a_circle_end_somewhere(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path)
    assert project.read(tmp_path).paths == {"a", "a/a", "a/a/a"}


def test_a_folder_that_is_not_there_is_empty(tmp_path):
    assert project.read(tmp_path / "missing") == project.Project(paths=frozenset(), texts={})


def test_a_name_that_no_project_file_could_hold_is_passed_over(tmp_path):
    for name in (b"\xff.py", b"a\nb", b"fine.py"):
        (tmp_path / os.fsdecode(name)).touch()
    assert project.read(tmp_path).paths == {"fine.py"}


def test_five_thousand_files_are_read_at_once(tmp_path):
    for number in range(50):
        folder = tmp_path / f"module{number}"
        folder.mkdir()
        for other in range(99):
            (folder / f"file{other}.py").touch()
        (folder / "__init__.py").touch()
    times: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        found = project.read(tmp_path)
        times.append(time.perf_counter() - start)
    assert len(found.paths) == 5_050
    assert min(times) < 0.04


@pytest.mark.parametrize(
    ("name", "snake"), [("my-web", "my_web"), ("Web", "web"), ("a-b-c", "a_b_c")]
)
def test_a_name_as_python_spells_it(name, snake):
    assert project.snake(name) == snake
