"""The library before this one, as a charm would carry it: itself and the charm libraries.

It is not installed where the tests run, because its wheel brings a package of our name.
"""

from __future__ import annotations

import importlib.util
import pathlib
import shutil
import textwrap

from paas_app_charmer.local import packages

VERSION = "1.12.3"
PACKAGES = (f"paas-charm=={VERSION}", "Jinja2==3.1.6", "MarkupSafe>=3,<4")

_CARRIERS = ("single_kernel_opensearch_dashboards", "single_kernel_postgresql")
# Libraries that it wants to import whatever the charm is integrated with, and that are on no
# index. It only looks whether the one is there; the other stands for a Redis that is not related.
_STAND_INS = {
    "observability_libs/v0/juju_topology.py": "",
    "redis_k8s/v0/redis.py": """
        import ops


        class RedisRelationUpdatedEvent(ops.EventBase):
            pass


        class RedisRelationCharmEvents(ops.CharmEvents):
            redis_relation_updated = ops.EventSource(RedisRelationUpdatedEvent)


        class RedisRequires(ops.Object):
            url = app_data = relation_data = None

            def __init__(self, charm, relation_name):
                super().__init__(charm, relation_name)
        """,
}


def fetch(lib: pathlib.Path) -> None:
    """Fill the folder ``lib`` of a charm with all that the older library imports."""
    for requirement in PACKAGES:
        packages.install_to(lib, requirement)
    shutil.rmtree(lib / "paas_app_charmer")
    for carrier in reversed(_CARRIERS):
        found = importlib.util.find_spec(carrier)
        if found is None or not found.submodule_search_locations:
            raise ModuleNotFoundError(f"{carrier} is missing; run: uv sync --group interop")
        folder = pathlib.Path(found.submodule_search_locations[0]) / "lib" / "charms"
        shutil.copytree(folder, lib / "charms", dirs_exist_ok=True)
    for name, text in _STAND_INS.items():
        path = lib / "charms" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
