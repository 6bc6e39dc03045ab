"""What may be on the other side of an interface, and how the two come together."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import pathlib
import types
from collections.abc import Callable
from typing import Any

import ops

from paas_app_charmer import integration

from . import applications, ours, relay, theirs

APP = "app"
"""The name of our application, for it stands in the examples of the integrations."""
PUBLIC_URL = "https://blog.example/"
"""What an ingress gave our application, where it needs one."""
NO_SECRETS = "2.9.49"
"""A Juju without secrets."""


def _as_it_is(data: Any, _units: int) -> Any:
    return data


@dataclasses.dataclass(frozen=True, kw_only=True)
class Side:
    """A charm that may be on the other side of an interface.

    It can ``say`` what the integration's data hold, and tell what it ``hears`` of us.
    """

    interface: str
    charm: type[ops.CharmBase]
    endpoint: str
    library: types.ModuleType | None
    """What the charm speaks by."""
    kind: str = ""
    """Tells it from others of the same interface."""
    client: str = ours.BUILT_IN
    """What speaks for us."""
    heard: tuple[str, ...] = ()
    """What it hears once we have told it all; it may hear more."""
    answers: str = "changed"
    """The first event after which we have what it says."""
    keeps: tuple[str, ...] = ()
    """Of the fields that may be missing, those without which it would say nothing at all."""
    gives: Callable[[Any, int], Any] = _as_it_is
    """What becomes of the data when it has so many units."""
    behind_ingress: bool = False
    """Whether our application needs a public URL first."""
    juju: str = "3.6.0"
    peers: str = ""

    @property
    def name(self) -> str:
        """Return what tells it from all others."""
        parts = (self.interface, self.kind, self.client)
        return "-".join(part for part in parts if part not in ("", ours.BUILT_IN))

    @property
    def app(self) -> str:
        """Return the name of its application, for it stands in some of the examples."""
        return self.interface.partition("_")[0]

    @property
    def integration(self) -> integration.Integration[Any]:
        """Return what we know about its interface."""
        found = integration.find(self.interface)
        if found is None:
            raise LookupError(self.interface)
        return found

    @property
    def speaks_by(self) -> str:
        """Return the library of the charm with its version."""
        return f"{_name(self.library)}, {self.kind}" if self.kind else _name(self.library)


def _name(library: types.ModuleType | None) -> str:
    """Return how a library is called, with its version."""
    if library is None:
        return "databag table of the protocol"
    if hasattr(library, "LIBAPI"):
        package = library.__name__.rpartition(".")[0]
        return f"{package} {library.LIBAPI}.{library.LIBPATCH}"
    return f"{library.__name__} {_version(library.__name__)}"


def _application(side: Side, *, units: int) -> applications.Application:
    ours_provides = side.integration.endpoint in ours.PROVIDES
    return theirs.application(
        side.charm,
        side.app,
        side.endpoint,
        units=units,
        juju=side.juju,
        peers=side.peers,
        **{"requires" if ours_provides else "provides": side.interface},
    )


def apart(
    side: Side,
    folder: pathlib.Path,
    *,
    endpoint: str = "",
    there: int = 2,
    **kind: Any,
) -> relay.Relay:
    """Return an application of ours and another side, not yet related.

    The other one has so many units ``there``; ``kind`` is what our application takes.
    """
    if kind.get("juju") == NO_SECRETS:
        # Peers would share the key in a databag that is not part of this relay.
        kind["units"] = 1
    ours.pack(folder)
    here = ours.application(endpoint or side.integration.endpoint, folder, **kind)
    return relay.Relay(here, _application(side, units=there))


def together(side: Side, folder: pathlib.Path, **kind: Any) -> relay.Relay:
    """Return the same, related and at rest."""
    found = apart(side, folder, **kind)
    found.integrate()
    return found


def _version(module: str) -> str:
    """Return the version of an installed package, by the folder that it brings."""
    folder = module.replace(".", "/") + "/"
    for distribution in importlib.metadata.distributions():
        if any(str(file).startswith(folder) for file in distribution.files or ()):
            return distribution.version
    raise LookupError(module)
