"""What the rock of a project would carry."""

from __future__ import annotations

import pytest
import yaml

from paas_app_charmer import project as projects
from paas_app_charmer.local import errors, rock
from paas_app_charmer.suites import document
from paas_app_charmer.suites import rock as suites

HEAD = {
    "name": "my-web",
    "base": "ubuntu@24.04",
    "version": "0.1",
    "summary": "Says hello",
    "description": "Says hello to the world",
    "platforms": {"amd64": None},
}


def head(**content: object) -> str:
    return yaml.safe_dump({**HEAD, **content}, sort_keys=False)


FLASK = {"rockcraft.yaml": head(extensions=["flask-framework"])}
FLASK_APP = {**FLASK, "app.py": "app = 1", "requirements.txt": "flask"}
DJANGO_APP = {
    "rockcraft.yaml": head(name="my-shop", extensions=["django-framework"]),
    "requirements.txt": "Django>=4",
    "my_shop/my_shop/wsgi.py": "application = 1",
}


@pytest.fixture
def read(tmp_path):
    """Write a project and read its rock."""

    def read(texts: dict[str, str], **rest: object) -> rock.Image:
        for path, text in texts.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return rock.read(tmp_path, **rest)

    return read


@pytest.fixture
def problems(read):
    """Return the lines with which a project is refused."""

    def problems(texts: dict[str, str], **rest: object) -> list[str]:
        with pytest.raises(errors.LocalError) as refusal:
            read(texts, **rest)
        return [line.partition(": ")[2] for line in str(refusal.value).splitlines()]

    return problems


def rockcraft(**content: object) -> dict[str, str]:
    return {**FLASK_APP, "rockcraft.yaml": head(extensions=["flask-framework"], **content)}


def test_the_layer_of_a_flask_rock(read):
    assert read(FLASK_APP).layer == {
        "summary": "Says hello",
        "description": "Says hello to the world",
        "services": {
            "flask": {
                "override": "replace",
                "startup": "enabled",
                "command": "/bin/python3 -m gunicorn -c /flask/gunicorn.conf.py 'app:app' "
                "-k [ sync ]",
                "after": ["statsd-exporter"],
                "user": "_daemon_",
            },
            "statsd-exporter": {
                "override": "merge",
                "summary": "Offers gunicorn's metrics to Prometheus",
                "command": "/bin/statsd_exporter --statsd.mapping-config=/statsd-mapping.conf "
                "--statsd.listen-udp=localhost:9125 --statsd.listen-tcp=localhost:9125",
                "startup": "enabled",
                "user": "_daemon_",
            },
        },
    }


def test_the_service_of_a_django_rock(read):
    image = read(DJANGO_APP)
    assert image.layer["services"]["django"]["command"] == (
        "/bin/python3 -m gunicorn -c /django/gunicorn.conf.py 'my_shop.wsgi:application' "
        "-k [ sync ]"
    )
    assert (image.source, image.app_folder) == ("my_shop", "/django/app")


def test_the_worker_class_is_gevent_where_gevent_is_required(read):
    image = read({**FLASK_APP, "requirements.txt": "flask\nGevent==24.2"})
    assert image.layer["services"]["flask"]["command"].endswith("'app:app' -k [ gevent ]")


def test_the_authors_command_wins_and_no_entry_point_is_looked_for(read):
    texts = rockcraft(services={"flask": {"command": "python3 server.py"}})
    image = read({**texts, "app.py": "nothing here"})
    main = image.layer["services"]["flask"]
    assert (main["command"], main["user"]) == ("python3 server.py", "_daemon_")


def test_the_authors_other_services_are_kept_as_they_are(read):
    worker = {"override": "replace", "command": "python3 worker.py", "startup": "enabled"}
    image = read(rockcraft(services={"mail-worker": worker}))
    assert image.layer["services"]["mail-worker"] == worker


def test_lists_of_the_author_are_joined_with_the_extensions(read):
    image = read(rockcraft(services={"flask": {"after": ["cache", "statsd-exporter"]}}))
    assert image.layer["services"]["flask"]["after"] == ["statsd-exporter", "cache"]


def test_a_value_of_the_author_wins_even_if_it_is_empty(read):
    image = read(rockcraft(services={"flask": {"user": ""}}))  # S-01
    assert image.layer["services"]["flask"]["user"] == ""


def test_checks_of_the_author_are_in_the_layer(read):
    checks = {"up": {"override": "replace", "http": {"url": "http://localhost:8000"}}}
    assert read(rockcraft(checks=checks)).layer["checks"] == checks


def test_each_unit_has_an_exporter_port_of_its_own(read):
    image = read(FLASK_APP, statsd_port=9225)
    assert image.layer["services"]["statsd-exporter"]["command"].endswith(
        "--statsd.listen-udp=localhost:9225 --statsd.listen-tcp=localhost:9225"
    )
    assert 'statsd_host = "localhost:9225"' in image.files["/flask/gunicorn.conf.py"].text


def test_without_exporter_nothing_waits_for_it(read):
    services = read(FLASK_APP, exporter=False).layer["services"]
    assert set(services) == {"flask"}
    assert services["flask"]["after"] == []


def test_the_default_gunicorn_configuration_is_python(read):
    settings: dict[str, object] = {}
    exec(read(FLASK_APP).files["/flask/gunicorn.conf.py"].text, settings)
    del settings["__builtins__"]
    assert settings == {
        "bind": ["0.0.0.0:8000"],
        "chdir": "/flask/app",
        "statsd_host": "localhost:9125",
    }


def test_the_statsd_mapping_names_the_framework(read):
    mapping = yaml.safe_load(read(DJANGO_APP).files["/statsd-mapping.conf"].text)
    assert [entry["name"] for entry in mapping["mappings"]] == [
        "django_response_code",
        "django_requests",
        "django_request_duration",
    ]


def test_a_rock_without_extension_is_taken_as_its_author_wrote_it(read):
    services = {"flask": {"override": "replace", "command": "python3 app.py"}}
    image = read({"rockcraft.yaml": head(services=services)}, framework="flask")
    assert image.layer["services"] == services


@pytest.mark.parametrize("app", [FLASK_APP, DJANGO_APP])
def test_a_rock_that_was_expanded_runs_like_the_one_that_it_was_made_from(read, tmp_path, app):
    before = read(app)
    text = app["rockcraft.yaml"]
    content, _ = document.load(text, "rockcraft.yaml")
    expanded = suites.expand(projects.read(tmp_path), content)
    assert read({"rockcraft.yaml": document.dump(expanded.content)}) == before


def test_the_source_of_the_application_is_where_its_part_takes_it_from(read):
    part = {"plugin": "dump", "source": "web", "organize": {"*": "django/app/"}}
    parts = {"django-framework/install-app": part}
    text = head(name="my-shop", extensions=["django-framework"], parts=parts)
    assert read({**DJANGO_APP, "rockcraft.yaml": text}).source == "web"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, ["rockcraft.yaml: is missing"]),
        ({"rockcraft.yaml": "a: ["}, ["rockcraft.yaml:2: is not YAML: "]),
        ({"rockcraft.yaml": "- a"}, ["rockcraft.yaml:1: should be a mapping"]),
        (FLASK, ["requirements.txt: is missing", "app.py: is missing"]),
        (
            {**FLASK_APP, "requirements.txt": "flask-login", "app.py": "app = = 1"},
            ["requirements.txt: does not name", "app.py:1: is not Python: invalid syntax"],
        ),
        (
            {"rockcraft.yaml": head(extensions=["go-framework"])},
            ["go.mod: is missing; `go mod init` writes it"],
        ),
        ({"rockcraft.yaml": head()}, ["rockcraft.yaml: names no framework; "]),
        (
            {"rockcraft.yaml": head(extensions=5, base=None)},
            ["rockcraft.yaml: base: ", "rockcraft.yaml: extensions: should be a list"],
        ),
    ],
)
def test_a_project_that_could_not_be_packed_is_refused_with_every_reason(
    problems, texts, expected
):
    found = problems(texts)
    assert len(found) == len(expected)
    for line, beginning in zip(found, expected, strict=True):
        assert line.startswith(beginning)


def test_a_rock_for_another_framework_than_the_charms_is_refused(problems):
    expected = ["rockcraft.yaml: is for flask, but the charm is for django"]
    assert problems(FLASK_APP, framework="django") == expected


def test_a_rock_for_no_framework_of_this_library_is_refused(problems):
    (line,) = problems({"rockcraft.yaml": head()}, framework="cobol")
    assert line.startswith("rockcraft.yaml: names no framework")


def test_a_flask_project_may_have_its_requirements_in_pyproject_alone(read):
    declared = '[project]\nname = "web"\ndependencies=["Flask"]'
    texts = {**FLASK, "app.py": "app = 1", "pyproject.toml": declared}
    assert "'app:app'" in read(texts).layer["services"]["flask"]["command"]


def test_an_application_that_offers_its_metrics_needs_no_exporter(read):
    texts = {
        "rockcraft.yaml": head(extensions=["fastapi-framework"]),
        "requirements.txt": "fastapi",
        "app.py": "app = 1",
    }
    image = read(texts)
    assert (image.app_folder, image.source) == ("/app", ".")
    assert not image.exports_metrics
