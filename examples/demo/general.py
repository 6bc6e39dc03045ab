"""An example of any framework: what its project files tell is all that is known of it.

What the examples have in common they need for this: a page `/health` that asks PostgreSQL, and a
page `/env/<NAME>` that shows a variable.
"""

from __future__ import annotations

import json
import pathlib
import time
from collections.abc import Mapping
from typing import Any

from paas_app_charmer import documents

from . import application

HEALTHY = {"database": "ok"}
CHOSEN = "Well met"
MISTAKE = "nobody knows the column stamp"
BROKEN = {
    ".py": f"raise SystemExit('{MISTAKE}')\n",
    "": f"#!/bin/sh\necho '{MISTAKE}' >&2\nexit 1\n",
}
"""A migration script with a mistake, by the suffix of its name; the empty one is for others."""


def of(project: pathlib.Path) -> application.Tour:
    """Return the tour of the example in a folder."""
    charm = documents.read(project / "charm" / "charmcraft.yaml")
    asked = [f"--config={option}=The people of the demo" for option in _held_back_by(charm)]
    return application.Tour(
        project=project,
        endpoints=",".join([*charm["requires"], "ingress", "logging"]),
        config=tuple(asked),
        stops=(
            it_is_integrated,
            an_option_reaches_it,
            it_scales,
            its_key_is_rotated,
            it_runs_a_second_time,
        ),
        last=a_migration_fails_and_is_repaired,
    )


def _held_back_by(charm: Mapping[str, Any]) -> list[str]:
    options = documents.mapping(documents.mapping(charm.get("config")).get("options"))
    return [
        name
        for name, option in options.items()
        if option.get("required") or option.get("optional") is False
    ]


def it_is_integrated(app: application.Application) -> None:
    tour = of(app.project)
    app.start("--with", tour.endpoints, *tour.config)
    application.claim("it is active", app.is_active)
    application.show(app.command("status"))
    shown = app.command("env")
    application.show(shown)
    secrets = [value for name, value in _values(app).items() if name.endswith("_PASSWORD")]
    application.claim(
        "secrets are not shown unless asked for",
        lambda: secrets and not any(secret in shown for secret in secrets),
    )
    application.claim("it answers behind its ingress", app.get)
    application.claim("PostgreSQL answers the application", lambda: app.page("/health") == HEALTHY)


def an_option_reaches_it(app: application.Application) -> None:
    option, value = _another(app.project)
    origins = {one["source"]: one["name"] for one in _variables(app)}
    variable = origins[f"option {option}"]
    app.command("config", f"{option}={value}")
    application.claim(f"the application has {variable}", lambda: app.variable(variable) == value)
    application.claim("and is active", app.is_active)


def it_scales(app: application.Application) -> None:
    app.command("scale", "2")
    application.claim("both units are active", lambda: len(app.units()) > 1 and app.is_active())
    addresses = app.status()["addresses"].values()
    application.claim(
        f"each answers at its own address: {', '.join(addresses)}",
        lambda: all(application.fetch(f"http://{one}/health") for one in addresses),
    )


def its_key_is_rotated(app: application.Application) -> None:
    key = next(name for name in _values(app) if name.endswith("_SECRET_KEY"))
    before = app.variable(key)
    app.command("run-action", "rotate-secret-key")
    application.claim("the application has another", lambda: app.variable(key) != before)


def it_runs_a_second_time(app: application.Application) -> None:
    before = _of_database(app)
    app.command("down")
    started = time.monotonic()
    app.command("run", str(app.project), "--detach")
    application.claim("it answers behind its ingress", app.get)
    spent = of(app.project).measured(time.monotonic() - started)
    application.claim(
        "its database is the one that it had",
        lambda: before and _of_database(app) == before,
    )
    print(f"\n  Up again after {spent}", flush=True)


def a_migration_fails_and_is_repaired(app: application.Application) -> None:
    app.start(*of(app.project).config)
    application.claim("a copy of the example answers", app.get)
    script = _migration(app)
    sound = script.read_text()
    script.write_text(BROKEN.get(script.suffix, BROKEN[""]))
    application.claim(
        "a migration with a mistake blocks the unit, and its status names the mistake",
        lambda: app.is_blocked(MISTAKE),
    )
    script.write_text(sound)
    application.claim("once it is repaired the unit is active again", app.is_active)
    application.claim("and the application answers", app.get)


def _variables(app: application.Application) -> list[dict[str, str]]:
    return json.loads(app.look("env", "--reveal", "--json"))


def _values(app: application.Application) -> dict[str, str]:
    return {one["name"]: one["value"] for one in _variables(app)}


def _of_database(app: application.Application) -> dict[str, str]:
    source = "integration postgresql"
    return {one["name"]: one["value"] for one in _variables(app) if one["source"] == source}


def _another(project: pathlib.Path) -> tuple[str, str]:
    """Return an option of the example's own, and a value that it has not by default."""
    charm = documents.read(project / "charm" / "charmcraft.yaml")
    options = charm["config"]["options"]
    for name, option in options.items():
        if option["type"] == "string":
            return name, CHOSEN
    name = next(name for name, option in options.items() if option["type"] == "int")
    return name, str(options[name]["default"] + 1)


def _migration(app: application.Application) -> pathlib.Path:
    """Return the script that runs before the start."""
    rows = json.loads(app.look("check", "--json"))["checks"]
    detail = next(row["detail"] for row in rows if row["check"] == "migration")
    return app.project / detail.partition(" runs before ")[0]
