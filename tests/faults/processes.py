"""What the processes of a container really run with, whatever plan and notes say of them.

Pebble in ops.testing knows only whether a service is active. Here each has the variables that it
was started with, and gunicorn does to its own what the real one does at a reload.
"""

from __future__ import annotations

import builtins
import collections
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

HANGUP = "SIGHUP"


class Process:
    """A program that keeps the variables of its start."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.text = ""
        self.definition = {key: one for key, one in definition.items() if key != "environment"}
        self.environment: dict[str, str] = dict(definition.get("environment") or {})

    def reload(self) -> None:
        raise AssertionError("a program that cannot reload was told to")


class Gunicorn(Process):
    """The master, whose workers get its variables when they are forked."""

    def __init__(self, definition: Mapping[str, Any], read: Callable[[], str]) -> None:
        super().__init__(definition)
        self._read = read
        self._raw: dict[str, str] = {}
        self._before: dict[str, str] = {}
        self._configure()

    def reload(self) -> None:
        for name in self._raw:
            if name in self._before:
                self.environment[name] = self._before[name]
            else:
                self.environment.pop(name, None)
        self._configure()

    def _configure(self) -> None:
        self._before = dict(self.environment)
        self.text = self._read()
        settings = configuration(self.text, self.environment)
        # Gunicorn takes each of these apart with split("=", 1) and strips what is around.
        pairs = [item.strip().partition("=") for item in settings.get("raw_env", [])]
        self._raw = {name: value for name, _, value in pairs}
        self.environment.update(self._raw)


def configuration(text: str, environment: dict[str, str]) -> dict[str, Any]:
    """Return the settings of gunicorn's file, which changes the environment as it is read."""
    stubs = {
        "os": types.SimpleNamespace(environ=environment),
        "runpy": types.SimpleNamespace(
            run_path=lambda path: collections.defaultdict(lambda: path)
        ),
    }

    def of_ours(name: str, *_: object) -> Any:
        return stubs[name]

    names: dict[str, Any] = {"__builtins__": {**vars(builtins), "__import__": of_ours}}
    exec(text, names)
    kept = {key: one for key, one in names.items() if key not in {"__builtins__", *stubs}}
    return {key: one.__name__ if callable(one) else one for key, one in kept.items()}


class Processes(dict[str, Process]):
    """By service: what runs."""

    def __init__(self, web: str, settings: Callable[[], str]) -> None:
        super().__init__()
        self._web = web
        self._settings = settings

    def begin(self, services: Iterable[str], plan: Mapping[str, Mapping[str, Any]]) -> None:
        for name in services:
            one = plan[name]
            web = name == self._web
            self[name] = Gunicorn(one, self._settings) if web else Process(one)

    def end(self, services: Iterable[str]) -> None:
        for name in services:
            self.pop(name, None)

    def signal(self, signal: str, services: Iterable[str]) -> None:
        for name in services:
            if signal == HANGUP:
                self[name].reload()

    def differ(self, name: str, plan: Mapping[str, Mapping[str, Any]]) -> bool:
        """Return whether a service would be started or restarted by a replan."""
        return name not in self or self[name].definition != Process(plan[name]).definition
