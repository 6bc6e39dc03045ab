"""Copies of the examples, run for real by the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from benchmarks import deployment

CopyOf = Callable[[str], deployment.Deployment]


@pytest.fixture(scope="module")
def copy_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CopyOf]:
    """Copy an example; what runs in the copy is brought down whatever happens."""
    with contextlib.ExitStack() as stack:

        def copy(example: str) -> deployment.Deployment:
            copied = deployment.Deployment.copy(example, tmp_path_factory.mktemp("e2e") / example)
            stack.callback(copied.down)
            return copied

        yield copy


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.timeout(deployment.START + deployment.PATIENCE))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    app = getattr(item, "funcargs", {}).get("app")
    if report.failed and isinstance(app, deployment.Deployment):
        report.sections.append(("the deployment", app.account()))
    return report
