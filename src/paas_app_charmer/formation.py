"""Process types: what a service of the rock is for, told by its name."""

from __future__ import annotations

import enum

SCHEDULER_UNIT = 0
"""Juju on Kubernetes always keeps the unit of this number; the leader moves, this does not."""


class ProcessType(enum.Enum):
    """The part a service plays in the application."""

    WEB = "web"
    WORKER = "worker"
    SCHEDULER = "scheduler"
    OTHER = "other"
    """None of the application's: it does not get the application's environment."""


def process_type(service: str, *, web: str) -> ProcessType:
    """Return what a service is, given the name of the framework's main one."""
    name = service.lower()
    if service == web:
        return ProcessType.WEB
    if name.endswith("-worker"):
        return ProcessType.WORKER
    if name.endswith("-scheduler"):
        return ProcessType.SCHEDULER
    return ProcessType.OTHER


def runs_on(kind: ProcessType, unit: int) -> bool:
    """Return whether a unit of this number runs such a process."""
    return kind is not ProcessType.SCHEDULER or unit == SCHEDULER_UNIT
