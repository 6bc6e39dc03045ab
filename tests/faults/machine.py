"""What hypothesis may let happen to a unit by itself: any event at any time, with any fault."""

from __future__ import annotations

import itertools
import pathlib
from typing import Any, ClassVar

import hypothesis.strategies as st
import ops
import ops.testing
from hypothesis import stateful

from . import kinds, listening, neighbours, refusals, settling, world

N = st.integers(0, 7)
"""Which of some, or of some ways."""
_KINDS = [*sorted(refusals.KINDS), "refused", "refused"]
_CALLS = ("push", "exec", "wait", "add_layer", "restart_services", "stop_services", "send_signal")
_ANYWHERE = st.builds(
    refusals.Fault,
    # Most events have but three calls, and the longest about forty.
    at=st.integers(1, 5) | st.integers(1, 40),
    kind=st.sampled_from(_KINDS),
    done=st.booleans(),
    lasting=st.booleans(),
)
_AT_A_CHANGE = st.builds(
    refusals.Fault,
    at=st.sampled_from([1, 1, 1, 2, 3]),
    name=st.sampled_from(_CALLS),
    kind=st.sampled_from(_KINDS),
    done=st.booleans(),
    lasting=st.booleans(),
)
HOW = st.tuples(
    st.sampled_from([*("own",) * 4, "update-status", "config-changed", "none"]),
    st.none() | _ANYWHERE | _AT_A_CHANGE,
)
"""Which event a change is told by, if any, and what goes wrong then."""
_PROBE = ["python3", "-c"]
_GONE = "secret:00000000000000000000"
_DOWN = (ops.pebble.ServiceStatus.INACTIVE, ops.pebble.ServiceStatus.ERROR)

How = tuple[str, refusals.Fault | None]


class Unit(stateful.RuleBasedStateMachine):
    """What happens to a unit by itself, and at its operator's wish."""

    kind: ClassVar[kinds.Kind]
    present: ClassVar[list[listening.Ear]]
    folder: ClassVar[pathlib.Path]
    events: ClassVar[int] = 0
    """That happened so far, to all units of the class."""
    struck: ClassVar[int] = 0
    """How many of them met their fault."""
    _numbers = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.world = world.World(self.kind, self._new_folder(), self.present)
        self._is_settled = False
        self.happen(self.world.on.install())
        self.world.configure("must", "there")

    def teardown(self) -> None:
        self.world.close()

    def _new_folder(self) -> pathlib.Path:
        return self.folder / str(next(self._numbers))

    def happen(self, event: Any, fault: refusals.Fault | None = None) -> None:
        type(self).events += 1
        self._is_settled = False
        self.world.happen(event, fault)
        type(self).struck += self.world.ear.has_struck

    def tell(self, how: How, own: Any = None) -> None:
        which, fault = how
        on = self.world.on
        if which == "own" and own is not None:
            self.happen(own, fault)
        elif which == "update-status":
            self.happen(on.update_status(), fault)
        elif which != "none":
            self.happen(on.config_changed(), fault)

    @property
    def options(self) -> dict[str, dict[str, Any]]:
        return self.world.unit.context._charm_spec.config["options"]

    @stateful.rule(name=st.sampled_from(["install", "start", "upgrade_charm"]), how=HOW)
    def plain_event(self, name: str, how: How) -> None:
        self.tell(how, getattr(self.world.on, name)())

    @stateful.rule(option=st.integers(0, 40), n=N, how=HOW)
    def configure(self, option: int, n: int, how: How) -> None:
        names = sorted(kinds.VALUES.keys() & self.options.keys())
        name = names[option % len(names)]
        values = (*kinds.VALUES[name], None)
        self.world.configure(name, values[n % len(values)])
        self.tell(how, self.world.on.config_changed())

    @stateful.rule(n=N, how=HOW)
    def secret_option(self, n: int, how: How) -> None:
        names = [
            name
            for name, option in self.options.items()
            if name.endswith("-secret-key")
            or (option["type"] == "secret" and self.kind.has_secrets)
        ]
        name = names[n % len(names)]
        if name.endswith("-secret-key") and not name.startswith("app-"):
            self.world.configure(name, self.world.vault.new() if n % 2 else None)
        elif n > 5:
            self.world.configure(name, _GONE if n == 7 else None)
        else:
            field = "value" if name != "api" else "key-id"
            secret = neighbours.secret({field: self.world.vault.odd()})
            self.world.keep(secret)
            self.world.configure(name, secret.id)
        self.tell(how, self.world.on.config_changed())

    def _foreign_secret(self, n: int) -> ops.testing.Secret | None:
        secrets = self.world.secrets(None)
        return secrets[n % len(secrets)] if secrets else None

    @stateful.rule(n=N, how=HOW)
    def lose_secret(self, n: int, how: How) -> None:
        """Let a secret of somebody else be gone, or not granted any more."""
        old = self._foreign_secret(n)
        if old is not None:
            self.world.lose(old)
        self.tell(how)

    @stateful.rule(n=N, how=HOW)
    def rotate_secret(self, n: int, how: How) -> None:
        old = self._foreign_secret(n)
        if old is None:
            return self.tell(how)
        content = {
            key: self.world.vault.new() if neighbours.is_told(one) else one
            for key, one in (old.latest_content or {}).items()
        }
        new = neighbours.secret(old.tracked_content, latest_content=content, id=old.id)
        self.world.keep(new)
        return self.tell(how, self.world.on.secret_changed(new))

    @stateful.rule(n=N, how=HOW)
    def own_secret(self, n: int, how: How) -> None:
        """Let the application's key be gone, or told to be too old."""
        secrets = self.world.secrets("app")
        if secrets and self.world.state.leader and secrets[0]._latest_revision > 1:
            return self.tell(how, self.world.on.secret_remove(secrets[0], revision=1))
        if secrets and n > 5:
            self.world.lose(secrets[0])
        return self.tell(how)

    @stateful.rule(how=HOW)
    def leadership(self, how: How) -> None:
        leads = not self.world.state.leader
        self.world.change(leader=leads)
        if leads:
            self.tell(how, self.world.on.leader_elected())
            return
        key = self.world.vault.new()
        if self.kind.has_secrets and not self.world.secrets("app"):
            label = f"{self.kind.framework}-secret-key"
            self.world.keep(neighbours.secret({"value": key}, owner="app", label=label))
        self.tell(how)

    @stateful.rule(number=st.integers(2, 5), how=HOW)
    def peer(self, number: int, how: How) -> None:
        """Let another unit come or go, or the relation with all of them begin."""
        peers = self.world.peers()
        if peers is None:
            return
        units = dict(peers.peers_data)
        leaves = units.pop(number, None) is not None
        if not leaves:
            units[number] = {}
        now = self.world.swap(peers, peers_data=units)
        on = self.world.on
        if leaves:
            self.tell(how, on.relation_departed(now, remote_unit=number, departing_unit=number))
        else:
            self.tell(how, on.relation_joined(now, remote_unit=number))
            self.tell(how, on.relation_changed(self.world.peers(), remote_unit=number))

    @stateful.rule(n=N, how=HOW)
    def container(self, n: int, how: How) -> None:
        """Let the container go, and come up again, sometimes from another image."""
        if n == 7:
            self.world.unit.set_container(can_connect=False)
            self.tell(how)
            return
        rock = self.world.container.layers["001-rock"]
        if n > 3:
            worker = {**kinds.SERVICES[kinds.WORKER], "command": f"python3 work.py {n}"}
            rock = ops.pebble.Layer(rock.to_dict())
            rock.services[kinds.WORKER] = ops.pebble.Service(kinds.WORKER, worker)
        self.world.restart_container(rock)
        self.tell(how, self.world.on.pebble_ready(self.world.container))

    @stateful.rule(n=N, down=st.sampled_from(_DOWN), how=HOW)
    def service(self, n: int, down: ops.pebble.ServiceStatus, how: How) -> None:
        names = sorted(self.world.running)
        if names:
            self.world.bring_down(names[n % len(names)], down)
        self.tell(how)

    @stateful.rule(n=N, how=HOW)
    def commands(self, n: int, how: How) -> None:
        """Let the server's own check or the migration fail, or both, or none."""
        texts = ["", "no such table\n", f"{'x' * 190} cannot be read\n"]
        failing = {1: ["/bin/python3"], 2: ["bash"], 3: ["python3"], 4: []}.get(n)
        # What is installed in the rock does not change.
        execs = {ops.testing.Exec([], return_code=0), ops.testing.Exec(_PROBE, return_code=0)}
        if failing is not None:
            execs = {one for one in execs if failing or one.command_prefix}
            execs.add(ops.testing.Exec(failing, return_code=1, stdout=texts[n % 3]))
        self.world.unit.set_container(execs=execs)
        self.tell(how)

    @stateful.rule(how=HOW)
    def health(self, how: How) -> None:
        """Let the web server not answer any more, or again, and Pebble say so."""
        self.world.ear.is_healthy = not self.world.ear.is_healthy
        infos = sorted(self.world.container.check_infos, key=lambda one: one.name)
        if not infos:
            return self.tell(how)
        on = self.world.on
        event = on.pebble_check_recovered if self.world.ear.is_healthy else on.pebble_check_failed
        return self.tell(how, event(self.world.container, infos[0]))

    @stateful.rule(name=st.sampled_from(["rotate-secret-key", "create-superuser"]), how=HOW)
    def action(self, name: str, how: How) -> None:
        if name not in self.world.unit.context._charm_spec.actions:
            name = "rotate-secret-key"
        given = {"username": "ada", "email": "ada@example.com"}
        params = given if name == "create-superuser" else {}
        self.tell(how, self.world.on.action(name, params=params))

    @stateful.precondition(lambda self: not self._is_settled)
    @stateful.rule()
    def settle(self) -> None:
        self._is_settled = True
        settling.settle(self.world, self._new_folder())
