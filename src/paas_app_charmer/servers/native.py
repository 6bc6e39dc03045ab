"""A program that the rock brings and that serves by itself.

It learns everything from its environment, so it has no file to write and nothing to reload: with
another environment it is started anew.
"""

from __future__ import annotations

from typing import Generic

from .. import framework, options


class Native(Generic[options.O]):
    """Starts the rock's own command as it is."""

    logs_as_json = False

    def modules(self, options: options.O) -> tuple[str, ...]:  # noqa: ARG002 - no Python in it
        return ()

    def configure(
        self, spec: framework.FrameworkSpec[options.O], seen: framework.Seen[options.O]
    ) -> framework.Serving:
        return framework.Serving(definition=seen.workload.services[spec.name])
