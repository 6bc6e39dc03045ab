"""Admin processes: the action runs as the application and says what became of it."""

from __future__ import annotations

import conftest
import ops
import ops.testing
import pytest

DATABASE = {"mysql": {"interface": "mysql_client", "optional": True}}
DATA = {"endpoints": "db:3306", "username": "u", "password": "hunter22", "database": "app"}
PARAMETERS = {"username": "ada", "email": "ada@example.com"}


@pytest.fixture
def django(tmp_path) -> conftest.Deployment:
    relations = [
        ops.testing.PeerRelation("secret-storage"),
        ops.testing.Relation("mysql", remote_app_data=DATA),
    ]
    return conftest.deploy(tmp_path, framework="django", requires=DATABASE, relations=relations)


def create(django: conftest.Deployment, **parameters: str) -> None:
    django.run(django.context.on.action("create-superuser", params=parameters or PARAMETERS))


def test_create_superuser_returns_the_password(django):
    django.run()
    create(django)
    call = django.context.exec_history["django-app"][-1]
    assert list(call.command) == ["python3", "manage.py", "createsuperuser", "--noinput"]
    given = {k: v for k, v in call.environment.items() if k.startswith("DJANGO_SUPERUSER")}
    assert given.pop("DJANGO_SUPERUSER_PASSWORD") == django.context.action_results["password"]
    assert given == {
        "DJANGO_SUPERUSER_USERNAME": "ada",
        "DJANGO_SUPERUSER_EMAIL": "ada@example.com",
    }
    assert call.environment["MYSQL_DB_PASSWORD"] == "hunter22"


def test_b29_it_runs_as_the_applications_user(django):
    create(django)
    call = django.context.exec_history["django-app"][-1]
    assert (call.user, call.working_dir) == ("_daemon_", "/django/app")


def test_b28_it_runs_nothing_while_the_application_is_held_back(django):
    with pytest.raises(ops.testing.ActionFailed, match="app container is not ready: Django requ"):
        django.run(
            django.context.on.action("create-superuser", params=PARAMETERS),
            relations=[ops.testing.PeerRelation("secret-storage")],
        )
    assert not django.context.exec_history.get("django-app")


def test_b28a_pebble_that_does_not_answer_fails_the_action(django):
    django.set_container(can_connect=False)
    with pytest.raises(ops.testing.ActionFailed) as failed:
        create(django)
    assert failed.value.message == "app container is not ready: Waiting for pebble ready"


def test_a_failure_is_told_without_secrets(django):
    output = "CommandError: taken (mysql://u:hunter22@db)"
    django.set_container(execs={ops.testing.Exec(["python3"], return_code=1, stdout=output)})
    with pytest.raises(ops.testing.ActionFailed) as failed:
        create(django)
    assert failed.value.message == "CommandError: taken (mysql://u:***@db)"


def test_parameters_that_are_missing_are_named(django):
    with pytest.raises(ops.testing.ActionFailed) as failed:
        create(django, username="ada", email="")
    assert failed.value.message == "missing parameters: email"
