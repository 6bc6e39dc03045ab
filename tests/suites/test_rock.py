"""A short rockcraft.yaml turned into a full one: names, bases, services, and who wins."""

from __future__ import annotations

import copy
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paas_app_charmer.suites import catalogue, document, parts, rock, words

from . import rocks

COMMAND = "/bin/python3 -m gunicorn -c /flask/gunicorn.conf.py 'app:app' -k [ sync ]"
THERE = words.listed(rocks.SUITES, "and")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


def services(expanded):
    return expanded.content["services"]


@pytest.mark.parametrize("extensions", [None, []])
def test_a_file_without_extension_is_in_full(extensions):
    content = rocks.head(extensions=extensions)
    expanded = rock.expand(rocks.project({}), content)
    assert expanded.content == rocks.HEAD
    assert expanded.findings == ()


@pytest.mark.parametrize("expand", [rocks.expand, rocks.expand_django, rocks.expand_fastapi])
@pytest.mark.parametrize(
    "keys", [{}, {"base": "ubuntu@24.04"}, {"services": {"mail-worker": {"override": "replace"}}}]
)
def test_expanding_an_expansion_gives_the_same_text(expand, keys):
    text = document.dump(expand(**keys).content)
    content, findings = document.load(text, "rockcraft.yaml")
    assert findings == ()
    assert content is not None
    again = rock.expand(rocks.project({}), content)
    assert (document.dump(again.content), again.findings) == (text, ())


def test_what_the_author_wrote_is_not_changed():
    content = rocks.head(parts={"flask-framework/install-app": {"prime": ["flask/app/app.py"]}})
    before = copy.deepcopy(content)
    rock.expand(rocks.project(rocks.FLASK), content)
    assert content == before


@pytest.mark.parametrize(
    ("extensions", "line"),
    [
        (["flask-framwork"], "`flask-framwork` is no extension; did you mean `flask-framework`?"),
        (["x"], f"`x` is no extension; there are {THERE}"),
        (
            ["flask-framework", "django-framework"],
            "`django-framework` and `flask-framework` cannot be had together; choose one of them",
        ),
        (
            ["flask-framework", "a\nb"],
            f"`a\\nb` is no extension; there are {THERE}",
        ),
    ],
)
def test_extensions_that_cannot_be_had_are_told(extensions, line):
    assert rocks.told(rocks.expand(extensions=extensions)) == [
        f"rockcraft.yaml: extensions: {line}"
    ]


def test_every_extension_that_cannot_be_had_is_told():
    expanded = rocks.expand(extensions=["a", "b", "flask-framework", "django-framework"])
    assert len(expanded.errors) == 3


def test_a_wrong_shape_is_told_before_anything_else():
    expanded = rocks.expand({}, services=["flask"])
    assert [one.key for one in expanded.errors] == ["services"]


@pytest.mark.parametrize(
    ("base", "build_base"),
    [
        ("bare", "ubuntu@22.04"),
        ("bare", "ubuntu:22.04"),
        ("bare", "ubuntu@24.04"),
        ("ubuntu@22.04", None),
        ("ubuntu:22.04", None),
        ("ubuntu@24.04", None),
        ("ubuntu@24.04", "ubuntu@24.04"),
    ],
)
@pytest.mark.parametrize("expand", [rocks.expand, rocks.expand_django])
def test_a_base_of_the_first_generation_is_taken(expand, base, build_base):
    assert expand(base=base, build_base=build_base).findings == ()


@pytest.mark.parametrize("build_base", [None, "ubuntu@26.04"])
def test_the_second_generation_is_experimental(build_base):
    expanded = rocks.expand(base="ubuntu@26.04", build_base=build_base)
    assert expanded.errors == ()
    (warning,) = rocks.warned(expanded)
    assert "`flask-framework` on `ubuntu@26.04` is experimental" in warning
    assert "ROCKCRAFT_ENABLE_EXPERIMENTAL_EXTENSIONS=1" in warning


@pytest.mark.parametrize(
    ("base", "build_base", "line"),
    [
        (
            "bare",
            None,
            (
                "base: `bare` needs a `build-base` beside it; "
                "write for example `build-base: ubuntu@24.04`"
            ),
        ),  # S-06
        (
            "bare",
            "ubuntu@26.04",
            (
                "build-base: `flask-framework` cannot be had on `bare` that is built on "
                "`ubuntu@26.04`; write `base: ubuntu@26.04`, or `build-base: ubuntu@24.04`"
            ),
        ),
        *(
            (
                base,
                build_base,
                (
                    f"{key}: `flask-framework` cannot be had on `{named}`; "
                    "write `ubuntu@22.04`, `ubuntu@24.04` or `ubuntu@26.04`"
                ),
            )
            for base, build_base, key, named in (
                ("ubuntu@20.04", None, "base", "ubuntu@20.04"),
                ("bare", "ubuntu@23.10", "build-base", "ubuntu@23.10"),
                ("ubuntu@24.04", "devel", "build-base", "ubuntu@devel"),
                ("devel", None, "base", "ubuntu@devel"),
                ("ubuntu:24:04", None, "base", "ubuntu:24:04"),
            )
        ),
    ],
)
def test_a_base_that_the_suite_is_not_for_is_told(base, build_base, line):
    expanded = rocks.expand(base=base, build_base=build_base)
    assert rocks.told(expanded) == [f"rockcraft.yaml: {line}"]


def test_problems_of_base_project_and_file_are_told_together():
    texts = {"app.py": "app = = 1", "requirements.txt": "redis"}
    prime = {"flask-framework/install-app": {"prime": ["app.py"]}}
    expanded = rocks.expand(texts, build_base=None, parts=prime)
    assert [one.where for one in expanded.errors] == [
        "rockcraft.yaml: base",
        "requirements.txt",
        "app.py:1",
        "rockcraft.yaml: parts.flask-framework/install-app.prime",
    ]


def test_the_service_of_the_application():
    assert services(rocks.expand())["flask"] == {
        "override": "replace",
        "startup": "enabled",
        "user": "_daemon_",
        "after": ["statsd-exporter"],
        "command": COMMAND,
    }


def test_the_service_of_a_django_application_counts_from_its_folder():
    expected = "/bin/python3 -m gunicorn -c /django/gunicorn.conf.py 'my_web.wsgi:application' "
    service = services(rocks.expand_django())["django"]
    assert service["command"] == expected + "-k [ sync ]"


@pytest.mark.parametrize(
    ("requirements", "worker"),
    [
        ("flask\nGevent==24", "gevent"),
        ("flask\ngeventhttpclient", "sync"),
        ("flask #gevent", "sync"),
    ],
)
def test_the_worker_class_is_gevent_where_gevent_is_required(requirements, worker):
    expanded = rocks.expand({**rocks.FLASK, "requirements.txt": requirements})
    assert services(expanded)["flask"]["command"].endswith(f" -k [ {worker} ]")


@pytest.mark.parametrize("expand", [rocks.expand, rocks.expand_django])
def test_with_a_command_of_the_author_no_entry_point_is_looked_for(expand):
    framework = "flask" if expand is rocks.expand else "django"
    texts = {"requirements.txt": framework, "main.py": "= =", "my_web/my_web/wsgi.py": "= ="}
    expanded = expand(texts, services={framework: {"command": "python3 server.py"}})
    assert expanded.errors == ()
    assert services(expanded)[framework]["command"] == "python3 server.py"
    assert services(expanded)[framework]["user"] == "_daemon_"


def test_services_of_the_author_come_first_and_stay_as_they_are():
    worker = {"override": "replace", "command": "python3 worker.py", "startup": "enabled"}
    written = {"mail-worker": worker, "flask": {"environment": {"A": "b"}, "after": ["cache"]}}
    found = services(rocks.expand(services=written))
    assert list(found) == ["mail-worker", "flask", "statsd-exporter"]
    assert found["mail-worker"] == worker
    assert list(found["flask"])[:2] == ["environment", "after"]
    assert found["flask"]["after"] == ["statsd-exporter", "cache"]
    assert found["flask"]["command"] == COMMAND


@pytest.mark.parametrize(
    ("base", "added", "joined"),
    [
        ("bare", ["libpq5_libs"], ["python3.12-venv_ensurepip", "libpq5_libs"]),
        ("bare", ["libpq-dev"], ["python3.12-venv", "libpq-dev"]),
        ("ubuntu@24.04", ["libpq-dev", "python3-venv"], ["python3-venv", "libpq-dev"]),
    ],
)
def test_packages_of_the_author_join_those_of_the_extension(base, added, joined):
    parts = {"flask-framework/dependencies": {"stage-packages": added}}
    expanded = rocks.expand(base=base, parts=parts)
    assert rocks.part(expanded, "dependencies")["stage-packages"] == joined
    assert expanded.errors == ()


def test_whole_packages_on_bare_are_warned_of():
    parts = {"flask-framework/dependencies": {"stage-packages": ["libpq-dev"]}}
    (warning,) = rocks.warned(rocks.expand(parts=parts))
    assert "on `bare` the package `libpq-dev` brings along all that it depends on" in warning


@pytest.mark.parametrize(
    ("base", "part", "packages"),
    [
        ("bare", "flask-framework/dependencies", ["libpq-dev", "libxml2_libs"]),
        ("ubuntu@24.04", "flask-framework/dependencies", ["libpq5_libs"]),
        ("ubuntu@24.04", "flask-framework/runtime", ["libpq5"]),
        ("bare", "flask-framework/runtime-libs", ["libpq5_libs"]),
        ("bare", "mine", ["libpq5", "libpq5_libs"]),
    ],
)
def test_a_part_with_slices_and_packages_is_told(base, part, packages):
    expanded = rocks.expand(base=base, parts={part: {"stage-packages": packages}})
    (line,) = rocks.told(expanded)
    assert line.startswith(f"rockcraft.yaml: parts.{part}.stage-packages: has the slice `")


def test_a_value_of_the_author_wins_even_if_it_is_empty():
    parts = {"flask-framework/dependencies": {"python-packages": []}}  # S-01
    expanded = rocks.expand(parts=parts)
    assert rocks.part(expanded, "dependencies")["python-packages"] == []


def test_parts_of_the_author_s_own_are_kept():
    own = {"plugin": "nil", "stage-packages": ["libpq5"]}
    assert rocks.expand(parts={"runtime-debs": own}).content["parts"]["runtime-debs"] == own


def test_a_project_that_was_read_is_expanded_at_once():
    project, content = rocks.project(rocks.FLASK, map(str, range(5_000))), rocks.head()
    times: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        rock.expand(project, content)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.03


@pytest.mark.parametrize("suite", catalogue.SUITES.values(), ids=str)
def test_the_folder_of_a_suite_has_all_that_a_rock_needs(suite):
    module = suite.code()
    found = module.entry_point(rocks.project({}), "my-web")
    assert (found.target, len(found.findings)) == ("", 1)
    seen = parts.Rock(suite=suite, project=rocks.project({}), content=rocks.HEAD, file="r")
    added = module.rock(seen).content
    assert suite.framework in added["services"]
    assert all(name.startswith(f"{suite.name}/") for name in added["parts"])
    above = f"/{module.APP_FOLDER}".rpartition("/")[0]
    assert not above or above in {*module.files(), *module.FOLDERS}
    assert not module.source("my-web").startswith("/")


@given(st.dictionaries(st.sampled_from(sorted(rocks.head(parts={}, services={}))), VALUES))
def test_whatever_a_key_holds_nothing_is_raised(content):
    for one in rock.expand(rocks.project(rocks.FLASK), {**rocks.head(), **content}).findings:
        assert str(one)
