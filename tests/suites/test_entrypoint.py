"""The entry point of an application, found by reading it."""

from __future__ import annotations

import pytest

from paas_app_charmer import project as projects
from paas_app_charmer.suites import django, entrypoint, flask


def holding(texts: dict[str, str], **unreadable: str) -> projects.Project:
    return projects.Project(
        paths=frozenset(texts),
        texts=texts,
        unreadable={f"{name}.py": reason for name, reason in unreadable.items()},
    )


def of_flask(text: str) -> entrypoint.EntryPoint:
    return flask.entry_point(holding({"app.py": text}), "my-web")


@pytest.mark.parametrize(
    ("texts", "target"),
    [
        ({"app.py": "app = 1"}, "app:app"),
        ({"app.py": "application = 1"}, "app:application"),
        ({"app.py": "application = 1\napp = 1"}, "app:app"),  # S-07: a fixed order
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
def test_places_and_names_have_an_order(texts, target):
    found = flask.entry_point(holding(texts), "my-web")
    assert (found.target, found.findings) == (target, ())
    assert found.place in texts


@pytest.mark.parametrize(
    "text",
    [
        "app = other = 1",
        "app: Flask = make()",
        "app, api = make()",
        "[api, (*app, other)] = make()",
        "from web import site as app",
        "from web import app",
        "import web.site as app",
        "if DEBUG:\n    app = 1\nelse:\n    other = 1",
        "if DEBUG:\n    pass\nelif TEST:\n    pass\nelse:\n    app = 1",
        "try:\n    app = 1\nexcept ImportError:\n    raise",
        "try:\n    from fast import app\nexcept ImportError:\n    from slow import app",
        "try:\n    pass\nfinally:\n    app = 1",
        "with settings():\n    if DEBUG:\n        app = 1",
        "if __name__ != '__main__':\n    app = 1",
    ],
)
def test_a_name_may_be_bound_in_many_ways(text):
    assert of_flask(text).target == "app:app"


@pytest.mark.parametrize(
    "text",
    [
        "app: Flask",
        "server.app = 1",
        "servers[app] = 1",
        "import app",
        "import app.web",
        "from app import *",
        "def make():\n    app = 1",
        "class Settings:\n    app = 1",
        "if __name__ == '__main__':\n    app = 1",
        "if typing.TYPE_CHECKING:\n    from web import app",
        "async def create_app(): ...",
        "class app: ...",
        "def app(): ...",
        "create_app = 1",
        "class Factory:\n    def create_app(self): ...",
        "server = 1",
    ],
)
def test_what_binds_no_such_name_is_told_with_all_places(text):
    found = of_flask(text)
    assert (found.place, found.target) == ("", "")
    (lost,) = found.findings
    assert lost.file == "app.py"
    for place in ("app.py", "main.py", "app/__init__.py", "src/app.py", "my_web/main.py"):
        assert f"`{place}`" in lost.instead


def test_a_factory_may_be_chosen_by_a_condition():
    text = "if DEBUG:\n    def create_app(): ...\nelse:\n    from web import create_app"
    assert of_flask(text).target == "app:create_app()"


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [("config", "config"), ("name, debug=True", "name"), ("a=1, *, b, c=2", "b"), ("a, /", "a")],
)
def test_a_factory_with_arguments_is_warned_of(arguments, asked):
    found = of_flask(f"\n\ndef create_app({arguments}): ...")
    assert found.target == "app:create_app()"
    (warning,) = found.findings
    assert (warning.where, warning.severity) == ("app.py:3", "warning")
    assert warning.what == f"the server calls `create_app` without its argument `{asked}`"


@pytest.mark.parametrize("arguments", ["", "config=None", "*args, **more", "*, debug=False"])
def test_a_factory_that_needs_no_arguments_is_fine(arguments):
    assert of_flask(f"def create_app({arguments}): ...").findings == ()


def test_a_syntax_error_is_told_with_file_and_line():
    found = of_flask("import flask\napp = = 1\n")
    assert found.target == ""
    assert [str(one) for one in found.findings] == ["app.py:2: is not Python: invalid syntax"]


@pytest.mark.parametrize("text", ["app = 1\0", "(" * 400, "app = " + "-" * 100_000 + "1"])
def test_a_file_that_cannot_be_parsed_is_told(text):
    (problem,) = of_flask(text).findings
    assert (problem.file, problem.line) == ("app.py", 1)


def test_every_file_that_is_no_python_is_told():
    texts = {"app.py": "app = = 1", "main.py": "nothing", "src/app.py": "def"}
    found = flask.entry_point(holding(texts), "web")
    assert [one.file for one in found.findings] == ["app.py", "src/app.py"]


def test_behind_a_file_that_is_no_python_nothing_is_found():
    texts = {"app.py": "app = = 1", "main.py": "app = 1"}
    found = flask.entry_point(holding(texts), "web")
    assert (found.target, len(found.findings)) == ("", 1)


def test_a_syntax_error_behind_the_entry_point_does_not_matter():
    texts = {"app.py": "app = 1", "main.py": "app = = 1"}
    assert flask.entry_point(holding(texts), "web").target == "app:app"


def test_a_place_that_cannot_be_read_is_told():
    found = flask.entry_point(holding({}, app="it is a folder"), "web")
    assert [str(one) for one in found.findings] == ["app.py: cannot be read: it is a folder"]


def test_doubtful_code_is_not_warned_of_on_the_terminal(recwarn):
    assert of_flask("pattern = '\\d'\napp = 1").target == "app:app"
    assert len(recwarn) == 0


def test_a_project_without_any_of_the_places_is_told_what_they_are():
    (lost,) = flask.entry_point(holding({}), "my-web").findings
    assert lost.file == "app.py"
    assert lost.what.startswith("is missing, and so is every other place")


@pytest.mark.parametrize("folder", ["my_shop", "mysite"])
def test_a_django_entry_point_is_counted_from_the_source_folder(folder):
    texts = {f"my_shop/{folder}/wsgi.py": "application = get_wsgi_application()"}
    assert django.entry_point(holding(texts), "my-shop").target == f"{folder}.wsgi:application"


def test_django_has_no_other_name_and_no_factories():
    texts = {"my_shop/my_shop/wsgi.py": "app = 1\ndef create_app(): ..."}
    (lost,) = django.entry_point(holding(texts), "my-shop").findings
    assert str(lost) == "my_shop/my_shop/wsgi.py: has no global `application`"


def test_a_django_project_without_entry_point_is_told_both_places():
    (lost,) = django.entry_point(holding({}), "my-shop").findings
    assert lost.file == "my_shop/my_shop/wsgi.py"
    assert "my_shop/mysite/wsgi.py" in lost.what
