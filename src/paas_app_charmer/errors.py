"""What can be wrong outside of this library, and the only exceptions that it raises.

::

    PaasError
    ├── OptionError          an operator's option, or the charm's paas-config.yaml
    ├── RelationDataError    what a neighbour published, or did not
    ├── NeedError            what an integration needs beside its neighbour
    └── WorkloadError        Pebble, or what the rock holds

They travel from where something is read to the adapter that catches them and turns them
into a value. None leaves a hook.
"""

from __future__ import annotations


class PaasError(Exception):
    """Its text is one sentence for the operator, without secrets."""


class OptionError(PaasError):
    """An option, or a key of ``paas-config.yaml``, cannot be used."""


class RelationDataError(PaasError):
    """A remote databag or secret cannot be used."""


class NeedError(PaasError):
    """An integration cannot be used before somebody does what the text says."""


class WorkloadError(PaasError):
    """Pebble refused, or a command in the container failed."""

    def __init__(self, message: str, *, output: str = "") -> None:
        super().__init__(message)
        self.output = output
        """What the command printed, for the log."""
