"""Has the contract printed at the end of a run."""

from __future__ import annotations

import pytest

from . import contract_table


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(contract_table.Plugin())
