"""What the files of a Python project say that it needs."""

from __future__ import annotations

import time

import pytest

from paas_app_charmer import requirements


def names(text: str) -> frozenset[str]:
    return requirements.names(requirements.lines(text))


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("flask", "flask"),
        ("  flask  ", "flask"),
        ("Flask==3.0", "flask"),
        ("Flask_Login ~= 1.0", "flask-login"),
        ("zope.interface>=5", "zope-interface"),
        ("gunicorn[gevent]>=23", "gunicorn"),
        ("flask @ https://example.com/flask.zip", "flask"),
        ("flask@ https://example.com/flask.zip", "flask"),
        ("flask; python_version > '3.9'", "flask"),
        ("flask  # the framework", "flask"),
        ("flask==3.0 \\", "flask"),
        ("flask==3.0 \\\n    --hash=sha256:0", "flask"),
        ("flask --no-binary=flask", "flask"),
        ("uvloop!=0.15", "uvloop"),
        ("git+https://example.com/f.git@main#egg=Flask_Login", "flask-login"),
        ("-e git+https://example.com/f.git#subdirectory=a&egg=flask", "flask"),
        ("https://example.com/files/Flask-3.0-py3-none-any.whl#sha256=0", "flask"),
        ("./wheels/flask_login-0.6-py3-none-any.whl", "flask-login"),
    ],
)
def test_a_requirement_is_read_by_its_name(line, name):
    assert names(line) == {name}


@pytest.mark.parametrize(
    "line",
    [
        *("", "# flask", "  # flask", "-r other.txt", "--hash=sha256:0", "./package", "-e ."),
        *("https://example.com", "-c constraints.txt", "--index-url https://example.com/flask"),
    ],
)
def test_what_is_no_requirement_counts_for_nothing(line):
    assert names(line) == frozenset()


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("-r base.txt", ("requirements/base.txt",)),
        ("-rbase.txt", ("requirements/base.txt",)),
        ("--requirement base.txt # all", ("requirements/base.txt",)),
        ("--requirement=../base.txt", ("base.txt",)),
        ("-r ./a.txt\nflask\n-r 'b c.txt'", ("requirements/a.txt", "requirements/b c.txt")),
        ("-r ../../base.txt", ("../base.txt",)),
        ("-r /etc/base.txt", ("/etc/base.txt",)),
        ("-r https://example.com/base.txt", ()),
        ("--requirements-are-fun", ()),
        ("flask -r base.txt", ()),
    ],
)
def test_an_included_file_is_named_from_the_project_s_folder(text, paths):
    assert requirements.included("requirements/web.txt", text) == paths


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[project", "is not TOML: "),
        ("a = " + "[" * 10_000, "is not TOML: "),
        ("project = 1", "`project` should be a table"),
        ("[project]\ndependencies = 1", "`dependencies` of `[project]` should be a list of texts"),
        (
            "[project]\ndependencies = [1]",
            "`dependencies` of `[project]` should be a list of texts",
        ),
        (
            "[project]\ndependencies = 'a'",
            "`dependencies` of `[project]` should be a list of texts",
        ),
    ],
)
def test_a_pyproject_that_cannot_be_used_is_told(text, problem):
    content, told = requirements.pyproject(text)
    assert content == {}
    assert told.startswith(problem)


LOCK = """\
version = 1
requires-python = ">=3.12"

[[package]]
name = "my-web"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "flask-login" },
    { name = "gunicorn", extra = ["gevent"] },
]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[package.optional-dependencies]
docs = [{ name = "sphinx" }]

[[package]]
name = "Flask_Login"
version = "0.6"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "flask" }]

[[package]]
name = "flask-login"
version = "0.6"
source = { registry = "https://pypi.org/simple" }
dependencies = [
    { name = "flask" },
]
sdist = { url = "https://example.com/f.tar.gz", hash = "sha256:0", size = 1 }
wheels = [
    { url = "https://example.com/f.whl", hash = "sha256:0", size = 1 },
    { url = "https://example.com/g.whl", hash = "sha256:0", size = 1 },
]

[[package]]
name = "gunicorn"
source = { registry = "https://pypi.org/simple" }

[package.optional-dependencies]
gevent = [{ name = "gevent" }]

[[package]]
name = "flask"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "flask" }, { name = "click" }]

[[package]]
name = "pytest"
source = { registry = "https://pypi.org/simple" }
"""


def test_a_lock_file_says_what_is_installed_for_the_project():
    lock = requirements.lock(LOCK)
    assert lock.asked == {"flask-login", "gunicorn"}
    assert lock.everything == {"flask-login", "gunicorn", "gevent", "flask", "click"}


@pytest.mark.parametrize(
    "text",
    [
        *("", "[[", "package = 1", "[[package]]", "package = [1]"),
        '[[package]]\nname = 1\nsource = {virtual = "."}\ndependencies = [1, {a = 1}]',
        "[[package]]\nsource = 1\ndependencies = 1\noptional-dependencies = 1",
        "package = " + "[" * 10_000,
    ],
)
def test_a_lock_file_that_cannot_be_used_says_nothing(text):
    assert requirements.lock(text) == requirements.Lock()


def test_a_long_lock_file_is_read_at_once():
    wheel = '    { url = "https://example.com/w.whl", hash = "sha256:0", size = 1 },\n'
    package = '[[package]]\nname = "p{}"\nsource = { registry = "r" }\nwheels = [\n' + wheel * 40
    text = "".join(package.replace("{}", str(n)) + "]\n\n" for n in range(100))
    start = time.perf_counter()
    requirements.lock(text)
    assert time.perf_counter() - start < 0.1
