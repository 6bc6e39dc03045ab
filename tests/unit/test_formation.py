"""Process types, told by the name of a service."""

from __future__ import annotations

import pytest

from paas_app_charmer import formation

WEB, WORKER, SCHEDULER, OTHER = formation.ProcessType


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        ("flask", WEB),
        ("celery-worker", WORKER),
        ("CELERY-WORKER", WORKER),
        ("beat-scheduler", SCHEDULER),
        ("Beat-Scheduler", SCHEDULER),
        ("statsd-exporter", OTHER),
        ("not-worker-service", OTHER),
        ("worker", OTHER),
        ("scheduler", OTHER),
        ("Flask", OTHER),
    ],
)
def test_the_name_of_a_service_tells_its_type(service, kind):
    assert formation.process_type(service, web="flask") is kind


def test_the_main_service_is_the_web_server_whatever_its_name_ends_with():
    assert formation.process_type("web-worker", web="web-worker") is WEB


@pytest.mark.parametrize("kind", [WEB, WORKER, OTHER])
@pytest.mark.parametrize("unit", [0, 1, 10])
def test_every_unit_runs_what_is_no_scheduler(kind, unit):
    assert formation.runs_on(kind, unit)


@pytest.mark.parametrize(("unit", "runs"), [(0, True), (1, False), (10, False)])
def test_only_unit_0_runs_schedulers(unit, runs):
    assert formation.runs_on(SCHEDULER, unit) is runs
