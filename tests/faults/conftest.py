"""Tells at the end how many events were run."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    *(f"{__package__}.{name}" for name in ("outcome", "settling", "world"))
)

from . import listening  # noqa: E402 - after what it imports was registered


@pytest.fixture(autouse=True)
def no_model_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxy settings are nobody's business here."""
    for name in ("HTTP", "HTTPS", "NO"):
        monkeypatch.delenv(f"JUJU_CHARM_{name}_PROXY", raising=False)


@pytest.fixture
def present():
    """The ears of the units that there are; the last one hears."""
    with listening.ears() as ears:
        yield ears


def pytest_terminal_summary(terminalreporter) -> None:
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, text in report.user_properties:
                if name == "faults":
                    terminalreporter.write_line(text)
