"""A charm that observes every event and does nothing."""

import ops


class Empty(ops.CharmBase):
    """Has one handler, which is empty."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        for event in self.on.events().values():
            if issubclass(event.event_type, ops.HookEvent):
                framework.observe(event, self._on_event)

    def _on_event(self, event: ops.EventBase) -> None:
        pass


if __name__ == "__main__":
    ops.main(Empty)
