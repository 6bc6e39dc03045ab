"""Whether an author's endpoints will do anything: the interfaces that the library speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import documents, env

from . import catalogue, finding, generated, words

_ROLES = ("requires", "provides")


def check(
    author: Mapping[str, Any], *, suite: catalogue.Suite, file: str
) -> Iterator[finding.Finding]:
    """Warn of endpoints that the run time does not know, or knows by another name or role."""
    for role in _ROLES:
        for endpoint, declared in documents.mapping(author.get(role)).items():
            interface: object = documents.mapping(declared).get("interface")
            if isinstance(interface, str) and interface:
                key = words.path(role, endpoint)
                told = _told(interface, role=role, endpoint=endpoint, suite=suite)
                for what, instead in told:
                    yield finding.Finding(
                        file=file, key=key, what=what, instead=instead, severity="warning"
                    )


def _told(
    interface: str, *, role: str, endpoint: str, suite: catalogue.Suite
) -> Iterator[tuple[str, str]]:
    known = generated.interfaces()
    if interface not in known:
        what = (
            f"the library does not know the interface {words.shown(interface)}, "
            "so nothing comes of it"
        )
        instead = words.meant(interface, known)
        yield what, instead or "speak it in src/charm.py, or remove the endpoint"
        return
    one = known[interface]
    if one["role"] != role:
        yield f"`{interface}` is an interface of `{one['role']}`", f"move it to `{one['role']}`"
    usual: str = one["endpoint"]
    named = [
        name
        for name in one["variables"].get(suite.module, ())
        if name.startswith(f"{env.upper_snake(usual)}_")
    ]
    if endpoint != usual and named:
        what = (
            f"by this name its variables begin with {words.shown(env.upper_snake(endpoint) + '_')}"
        )
        yield what, f"name it `{usual}` to have `{named[0]}`"
