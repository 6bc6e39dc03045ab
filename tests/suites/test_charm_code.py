from __future__ import annotations

import pytest

from paas_app_charmer.suites import charm_code

MAIN = "if __name__ == '__main__':\n    ops.main(A)\n"


def read(text):
    return charm_code.read(text, "src/charm.py")


@pytest.mark.parametrize(
    "text",
    [
        "import paas_app_charmer.flask\nclass A(paas_app_charmer.flask.Charm): pass",
        "import paas_app_charmer.flask as f\nclass A(f.Charm): pass",
        "from paas_app_charmer import flask\nclass A(flask.Charm): pass",
        "from paas_app_charmer import flask as f\nclass A(f.Charm): pass",
        "from paas_app_charmer.flask import Charm\nclass A(Charm): pass",
        "from paas_app_charmer.flask import Charm as C\nclass A(Mixin, C): pass",
        "if 1:\n    import paas_app_charmer.flask\n    class A(paas_app_charmer.flask.Charm): 1",
    ],
)
def test_a_class_is_recognised_however_its_base_was_imported(text):
    (charm,) = read(text).charms
    assert (charm.name, charm.base) == ("A", "paas_app_charmer.flask.Charm")


@pytest.mark.parametrize(
    "text",
    [
        "class A: pass",
        "class A(Charm): pass",
        "from . import flask\nclass A(flask.Charm): pass",
        "from paas_app_charmer import flask\nclass A(flask.Charm.Inner): pass",
        "from paas_app_charmer import flask\nclass A(flask().Charm): pass",
        "import flask\nclass A(flask.Charm): pass",
    ],
)
def test_what_only_looks_like_it_is_no_charm(text):
    assert read(text).charms == ()


def test_the_older_library_is_told_with_its_line():
    (charm,) = read("import paas_charm.django\n\nclass A(paas_charm.django.Charm): pass").charms
    assert (charm.base, charm.line) == ("paas_charm.django.Charm", 3)


@pytest.mark.parametrize(
    ("text", "packages"),
    [
        ("import paas_app_charmer.flask", {"paas_app_charmer"}),
        ("from paas_charm import flask", {"paas_charm"}),
        ("import ops", set()),
    ],
)
def test_what_is_imported_of_the_libraries_is_known(text, packages):
    assert read(text).packages == packages


@pytest.mark.parametrize(
    "text",
    [
        "import ops\n" + MAIN,
        "import ops\nops.main.main(A)",
        "from ops import main\nmain(A)",
        "from ops.main import main\nmain(A)",
        "import ops as o\no.main(A)",
    ],
)
def test_a_class_is_started_by_ops(text):
    assert read(text).is_started


@pytest.mark.parametrize("text", ["import ops", "main(A)", "import ops\nops.main"])
def test_without_a_call_nothing_is_started(text):
    assert not read(text).is_started


@pytest.mark.parametrize("text", ["def a(:\n", "\x00", "(" * 500])
def test_what_is_no_python_is_told_with_its_line(text):
    (problem,) = read(text).findings
    assert problem.file == "src/charm.py"
    assert problem.line >= 1
    assert problem.what.startswith("is not Python: ")
