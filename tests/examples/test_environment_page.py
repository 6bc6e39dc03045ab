"""The page that shows the environment gives no secret away."""

from __future__ import annotations

import importlib.util
import pathlib

import pytest

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
FLASK = EXAMPLES / "flask" / "postcards" / "environment.py"
OTHERS = (
    EXAMPLES / "django" / "guest_book" / "entries" / "environment.py",
    EXAMPLES / "fastapi" / "bookmarks" / "environment.py",
)


@pytest.fixture(scope="module")
def environment():
    spec = importlib.util.spec_from_file_location("example_environment", FLASK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("other", OTHERS, ids=lambda path: path.parent.name)
def test_all_examples_in_python_mask_alike(other):
    assert FLASK.read_text() == other.read_text()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLASK_SECRET_KEY", "hush"),
        ("POSTGRESQL_DB_PASSWORD", "hush"),
        ("S3_ACCESS_KEY", "hush"),
        ("FLASK_API_TOKEN", "hush"),
        ("POSTGRESQL_DB_CONNECT_STRING", "postgresql://ada:hush@10.0.0.1:5432/postcards"),
        ("POSTGRESQL_DB_NETLOC", "ada:hush@10.0.0.1:5432"),
        ("REDIS_DB_CONNECT_STRING", "redis://:hush@10.0.0.1:6379"),
    ],
)
def test_a_secret_is_not_shown(environment, name, value):
    assert "hush" not in environment.mask(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLASK_GREETING", "Hello: you"),
        ("FLASK_BASE_URL", "http://postcards.model:8000/"),
        ("REDIS_DB_CONNECT_STRING", "redis://10.0.0.1:6379"),
    ],
)
def test_what_is_no_secret_is_shown_as_it_is(environment, name, value):
    assert environment.mask(name, value) == value


def test_a_rotated_secret_looks_different(environment):
    assert environment.mask("SECRET_KEY", "old") != environment.mask("SECRET_KEY", "new")
