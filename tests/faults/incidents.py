"""What may happen to the units of a stage, and how it may go wrong for the faulty one."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence

from benchmarks import tap

from . import refusals, stage

_SLOW = 6.0
"""Seconds, more than a charm waits for an answer of Pebble."""
_WHOLE = 1 << 30

Event = Callable[[], None]
Fault = Callable[[stage.Unit], None]


class Incidents:
    """All of it, with what is chosen within by chance."""

    def __init__(self, on: stage.Stage, chance: random.Random) -> None:
        self._on = on
        self._random = chance
        self._number = 0
        self._relations: dict[str, int] = {}

    def events(self) -> Sequence[Event]:
        common = (self.greeting, self.number, self.workers, self.database, self.update_status)
        rare = (self.ingress, self.logging, self.no_database, self.rotate, self.new_container)
        rare += (self.kill, self.slow_migration, self.failing_migration, self.invalid_option)
        return (*common, *rare)

    def faults(self) -> Sequence[Fault]:
        return (*(self.cut,) * 3, self.slow, self.full_disk, self.nothing)

    def mend(self, unit: stage.Unit) -> None:
        """Take back what an event or a fault has left."""
        self._on.limit_disk(unit, full=False)
        unit.heal()
        self._on.engine.set_config({"webserver-threads": 1})
        for name in ("slow", "fails"):
            (self._on.folder / name).unlink(missing_ok=True)

    def greeting(self) -> None:
        words = ["hello", "two\nlines", "é ☃", "a 'b' \"c\"", " room ", "x" * 4000]
        self._on.engine.set_config({"greeting": self._random.choice(words) + str(self._number)})

    def workers(self) -> None:
        self._on.engine.set_config({"webserver-workers": self._random.choice([1, 2, 3])})

    def invalid_option(self) -> None:
        self._on.engine.set_config({"webserver-threads": 0})

    def number(self) -> None:
        self._on.engine.set_config({"number": self._random.randrange(100)})

    def database(self) -> None:
        if "postgresql" not in self._relations:
            self._relations["postgresql"] = self._on.engine.integrate("postgresql", "the-db")
        relation = self._relations["postgresql"]
        content = {"username": "app", "password": self._secret()}
        secret = self._on.engine.provider_secret(relation, content, label="user")
        hosts = f"db-{self._random.randrange(3)}:5432"
        self._on.engine.provider_set(
            relation, app={"endpoints": hosts, "database": "app", "secret-user": secret}
        )

    def ingress(self) -> None:
        self._toggle("ingress", {"ingress": json.dumps({"url": f"http://x/{self._number}/"})}, {})

    def logging(self) -> None:
        url = json.dumps({"url": "http://127.0.0.1:9/loki/api/v1/push"})
        self._toggle("logging", {}, {"endpoint": url})

    def no_database(self) -> None:
        if "postgresql" not in self._relations:
            self.database()
        else:
            del self._relations["postgresql"]
            self._on.engine.remove_relation("postgresql")

    def _toggle(self, endpoint: str, app: dict[str, str], unit: dict[str, str]) -> None:
        if endpoint in self._relations:
            del self._relations[endpoint]
            self._on.engine.remove_relation(endpoint)
        else:
            self._number += 1
            remote = {f"the-{endpoint}/0": unit} if unit else {}
            self._relations[endpoint] = self._on.engine.integrate(
                endpoint, f"the-{endpoint}", app=app, unit_data=remote
            )

    def update_status(self) -> None:
        self._on.engine.fire("update-status")

    def rotate(self) -> None:
        self._on.engine.run_action("rotate-secret-key", unit=self._on.units[0].name)

    def new_container(self) -> None:
        self._on.restart(self._on.units[stage.FAULTY])

    def kill(self) -> None:
        self._on.kill(self._on.units[stage.FAULTY], self._random.choice(["gunicorn", "work.py"]))
        self._on.engine.fire("update-status")

    def slow_migration(self) -> None:
        (self._on.folder / "slow").write_text("1.5")
        self.database()

    def failing_migration(self) -> None:
        (self._on.folder / "fails").touch()
        self.database()

    # --- how it goes wrong -----------------------------------------------------------------------
    def cut(self, unit: stage.Unit) -> None:
        answer = self._random.choice([0, 0, 30, 200, 260])
        asked = self._random.random() < 0.6
        unit.cuts.append((self._after(), tap.Cut(asked=asked, answer=answer)))
        unit.lasting = self._random.random() < 0.3

    def slow(self, unit: stage.Unit) -> None:
        unit.cuts.append((self._after(), tap.Cut(delay=_SLOW, answer=_WHOLE)))
        unit.lasting = False

    def full_disk(self, unit: stage.Unit) -> None:
        self._on.limit_disk(unit, full=True)
        unit.struck = True

    def nothing(self, unit: stage.Unit) -> None:
        """Let it go well."""

    def _after(self) -> int:
        return self._random.choice([self._random.randrange(4), self._random.randrange(32)])

    def _secret(self) -> str:
        self._number += 1
        return f"{refusals.MARK}{self._number:05}/@'é"
