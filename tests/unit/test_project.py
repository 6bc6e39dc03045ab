"""What a project folder holds, read once and judged without looking again."""

from __future__ import annotations

import pytest

from paas_app_charmer import project


def holding(texts: dict[str, str]) -> project.Project:
    return project.Project(paths=frozenset(texts), texts=texts)


@pytest.mark.parametrize(
    ("texts", "entry_point"),
    [
        ({"app.py": "app = 1"}, "app:app"),
        ({"app.py": "application = 1"}, "app:application"),
        ({"app.py": "application = 1\napp = 1"}, "app:app"),  # S-07: a fixed order
        ({"app.py": "app: Flask = make()"}, "app:app"),  # S-07: annotated
        ({"app.py": "app = other = 1"}, "app:app"),
        ({"main.py": "from web import site as app"}, "main:app"),
        ({"app.py": "def create_app(): ..."}, "app:create_app()"),
        ({"app.py": "def make_app(): ..."}, "app:make_app()"),
        ({"app.py": "def make_app(): ...\ndef create_app(): ..."}, "app:create_app()"),
        ({"app.py": "def create_app(): ...", "main.py": "app = 1"}, "main:app"),
        ({"main.py": "app = 1", "app.py": "app = 1"}, "app:app"),
        ({"src/main.py": "app = 1", "app/main.py": "app = 1"}, "app.main:app"),
        ({"app/app.py": "app = 1", "app/__init__.py": "app = 1"}, "app:app"),
        ({"my_web/__init__.py": "app = 1"}, "my_web:app"),
    ],
)
def test_a_flask_entry_point_is_found(texts, entry_point):
    answer = project.flask_entry_point(holding(texts), "my-web")
    assert answer == project.Answer(value=entry_point)


@pytest.mark.parametrize(
    "text",
    [
        "app: Flask",
        "app, other = 1, 2",
        "if True:\n    app = 1",
        "import app",
        "async def create_app(): ...",
        "class app: ...",
        "def app(): ...",
        "create_app = 1",
        "server = 1",
    ],
)
def test_what_is_no_flask_entry_point_is_reported_with_all_places(text):
    (problem,) = project.flask_entry_point(holding({"app.py": text}), "my-web").problems
    for place in ("app.py", "main.py", "app/__init__.py", "src/app.py", "my_web/main.py"):
        assert place in problem


def test_a_syntax_error_is_reported_with_file_and_line():
    answer = project.flask_entry_point(holding({"app.py": "import flask\napp = = 1\n"}), "web")
    assert answer.value == ""
    assert answer.problems == ("app.py, line 2: syntax error: invalid syntax",)


def test_a_file_with_null_bytes_is_a_problem_too():
    answer = project.flask_entry_point(holding({"app.py": "app = 1\0"}), "web")
    assert answer.problems[0].startswith("app.py, line 1: syntax error:")


def test_a_syntax_error_behind_the_entry_point_does_not_matter():
    texts = {"app.py": "app = 1", "main.py": "app = = 1"}
    assert project.flask_entry_point(holding(texts), "web").value == "app:app"


@pytest.mark.parametrize("folder", ["my_shop", "mysite"])
def test_a_django_entry_point_is_counted_from_the_source_folder(folder):
    texts = {f"my_shop/{folder}/wsgi.py": "application = get_wsgi_application()"}
    answer = project.django_entry_point(holding(texts), "my-shop")
    assert answer == project.Answer(value=f"{folder}.wsgi:application")


def test_a_django_project_without_entry_point_is_told_both_places():
    (problem,) = project.django_entry_point(holding({}), "my-shop").problems
    assert "my_shop/my_shop/wsgi.py" in problem
    assert "my_shop/mysite/wsgi.py" in problem


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("flask", "flask"),
        ("Flask==3.0", "flask"),
        ("Flask_Login ~= 1.0", "flask-login"),
        ("zope.interface>=5", "zope-interface"),
        ("gunicorn[gevent]>=23", "gunicorn"),
        ("flask @ https://example.com/flask.zip", "flask"),
        ("flask; python_version > '3.9'", "flask"),
        ("flask  # the framework", "flask"),
        ("flask==3.0 \\", "flask"),
        ("uvloop!=0.15", "uvloop"),
    ],
)
def test_a_requirement_is_read_by_its_name(line, name):
    assert project.requirements(holding({"requirements.txt": line})) == {name}


@pytest.mark.parametrize(
    "line", ["", "# flask", "-r other.txt", "--hash=sha256:0", "./package", "https://example.com"]
)
def test_what_is_no_requirement_counts_for_nothing(line):
    assert project.requirements(holding({"requirements.txt": line})) == frozenset()


def test_requirements_of_both_files_are_joined():
    texts = {
        "requirements.txt": "flask",
        "pyproject.toml": '[project]\ndependencies = ["Gevent>=24"]',
    }
    assert project.requirements(holding(texts)) == {"flask", "gevent"}


@pytest.mark.parametrize("text", ["[project", "project = 1", "[project]\ndependencies = 1"])
def test_a_pyproject_that_cannot_be_used_is_a_problem_that_names_it(text):
    declared, problems = project.dependencies(holding({"pyproject.toml": text}))
    assert declared == ()
    assert problems[0].startswith("pyproject.toml cannot be read: ")


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({}, "there is no rockcraft.yaml"),
        ({"rockcraft.yaml": "a: ["}, "rockcraft.yaml is not YAML: "),
        ({"rockcraft.yaml": "- a"}, "rockcraft.yaml should hold a mapping"),
        ({"rockcraft.yaml": "base: bare"}, "rockcraft.yaml has no `name`"),
    ],
)
def test_a_rockcraft_file_that_cannot_be_used_is_a_problem(texts, problem):
    _, problems = project.rock(holding(texts))
    assert problems[0].startswith(problem)


def test_a_project_is_read_three_folders_deep(tmp_path):
    for path in ("app.py", "a/b/wsgi.py", "a/b/c/wsgi.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("application = 1")
    found = project.read(tmp_path)
    assert found.paths == {"app.py", "a", "a/b", "a/b/wsgi.py", "a/b/c"}
    assert set(found.texts) == {"app.py", "a/b/wsgi.py"}


def test_hidden_folders_and_virtual_environments_are_passed_over(tmp_path):
    for folder in (".git", ".paas", "node_modules", "environment"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "app.py").touch()
    (tmp_path / "environment" / "pyvenv.cfg").touch()
    assert project.read(tmp_path).paths == {"environment"}


def test_a_file_that_is_no_text_can_be_read(tmp_path):
    (tmp_path / "app.py").write_bytes(b"\xff\xfe")
    assert project.read(tmp_path).has("app.py")
