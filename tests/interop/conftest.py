"""Puts the charm libraries that the other charms use where these tests can import them.

They are not on PyPI by themselves. Two wheels carry them in a ``lib`` folder each, as a charm
does; without the wheels there is nothing to test against, and that is an error.
"""

from __future__ import annotations

import importlib.util
import pathlib
import sys

import pytest

_HERE = pathlib.Path(__file__).parent
# The first one has the newer libraries of the observability charms.
_WHEELS = {
    "single_kernel_opensearch_dashboards": "opensearch-dashboards-charms-single-kernel",
    "single_kernel_postgresql": "postgresql-charms-single-kernel",
}


def _lib_of(package: str, wheel: str) -> str:
    found = importlib.util.find_spec(package)
    folders = list(found.submodule_search_locations or ()) if found else []
    libs = [lib for lib in (pathlib.Path(folder) / "lib" for folder in folders) if lib.is_dir()]
    if not libs:
        raise ModuleNotFoundError(f"{wheel} is not installed; run: uv sync --group interop")
    return str(libs[0])


sys.path += [str(_HERE), *(_lib_of(package, wheel) for package, wheel in _WHEELS.items())]


def pytest_configure(config: pytest.Config) -> None:
    """Have the compat table printed, and keep quiet what a library does that is out of date."""
    for told in ("model_?fields", "__fields__"):
        config.addinivalue_line("filterwarnings", f"ignore:.*{told}.*:DeprecationWarning")
    from counterparts import outcomes  # noqa: PLC0415 - found by the path above

    config.pluginmanager.register(outcomes.Outcomes())


@pytest.fixture(autouse=True)
def no_model_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxy settings are nobody's business here."""
    for name in ("HTTP", "HTTPS", "NO"):
        monkeypatch.delenv(f"JUJU_CHARM_{name}_PROXY", raising=False)


@pytest.fixture(params=["built-in", "charm_libs"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What speaks for us: the built-in clients, or what an author fetched in their place."""
    from counterparts import ours  # noqa: PLC0415 - found by the path above

    ours.speak_by(request.param, monkeypatch)
    return request.param
