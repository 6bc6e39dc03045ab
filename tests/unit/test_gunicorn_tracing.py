"""What is wrong with OpenTelemetry in a rock costs the traces and never the site."""

from __future__ import annotations

import runpy
import sys
import types
from typing import Any

import pytest

from paas_app_charmer.servers import gunicorn_tracing

PACKAGES = (
    "opentelemetry-sdk",
    "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry-instrumentation-wsgi",
)
INSTRUMENTATION = "opentelemetry.instrumentation.wsgi"


class Worker:
    """What of a worker of gunicorn is used."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.log = types.SimpleNamespace(
            warning=lambda text, *given: self.warnings.append(text % given)
        )
        self.cfg = "the settings"
        self.wsgi: Any = None

    def load_wsgi(self) -> None:
        self.wsgi = "the application"


class BrokenFinder:
    """A package that was installed and does not fit the others: importing it raises anything."""

    def find_spec(self, name: str, *_: Any) -> None:
        if name.startswith("opentelemetry"):
            raise TypeError("Descriptors cannot be created directly")


@pytest.fixture(params=["missing", "broken"])
def rock(request, monkeypatch):
    for name in [one for one in sys.modules if one.startswith("opentelemetry")]:
        monkeypatch.delitem(sys.modules, name)
    if request.param == "broken":
        monkeypatch.setattr(sys, "meta_path", [BrokenFinder(), *sys.meta_path])
    else:
        monkeypatch.setitem(sys.modules, "opentelemetry", None)


@pytest.mark.usefixtures("rock")
def test_b39_the_advice_names_what_to_add_and_the_reason():
    advice = gunicorn_tracing.problem()
    assert all(name in advice for name in PACKAGES)
    assert "requirements.txt" in advice
    assert "Error: " in advice
    assert "\n" not in advice


@pytest.mark.usefixtures("rock")
def test_b39_a_worker_goes_on_without_traces_and_says_so_once():
    worker = Worker()
    gunicorn_tracing.post_fork(None, worker)
    worker.load_wsgi()
    gunicorn_tracing.instrument(worker)
    gunicorn_tracing.worker_exit(None, worker)
    assert worker.wsgi == "the application"
    (warning,) = worker.warnings
    assert all(name in warning for name in PACKAGES)


@pytest.mark.usefixtures("rock")
@pytest.mark.parametrize("checks", [True, False])
def test_b39_the_check_of_the_configuration_passes_and_prints_the_advice(
    checks, monkeypatch, capsys
):
    arguments = ["gunicorn", "-c", "file", "app:app", *(["--check-config"] if checks else [])]
    monkeypatch.setattr(sys, "argv", arguments)
    runpy.run_path(gunicorn_tracing.__file__)
    assert ("requirements.txt" in capsys.readouterr().err) == checks


def test_an_application_that_instruments_itself_is_left_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, INSTRUMENTATION, types.ModuleType("loaded by it"))
    worker = Worker()
    worker.load_wsgi()
    worker.spans = None
    gunicorn_tracing.instrument(worker)
    assert worker.wsgi == "the application"


def test_lines_are_written_in_the_format_of_the_present_settings():
    worker = Worker()
    gunicorn_tracing.post_fork(None, worker)
    assert worker.log.cfg == "the settings"


def test_the_master_that_forgets_a_worker_has_nothing_to_send():
    gunicorn_tracing.worker_exit(None, Worker())
