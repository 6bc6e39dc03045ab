"""Show the Flask example under its charm, on this machine.

In a terminal the example is started and stays up until Ctrl-C. Without one, this is a tour: each
stop does something that an operator does, says what that proves, and checks it. The first claim
that does not hold ends the tour, with the status and the last log lines.

Only the command line is used, as you would use it.
"""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

EXAMPLE = pathlib.Path(__file__).resolve().parent / "flask"
PROGRAM = str(pathlib.Path(sys.executable).with_name("paas-app-charmer"))
ENDPOINTS = "postgresql,redis,ingress,logging,tracing"
SECOND_RUN = 15.0  # seconds that are promised for it, with all of these in use
SIGNATURE = "greeting-from=The people of the demo"
PATIENCE = 60.0  # seconds for anything to come about


class BrokenClaimError(Exception):
    """Something that the tour claims does not hold."""


class Application:
    """One project that runs, seen through its commands and its pages."""

    def __init__(self, project: pathlib.Path) -> None:
        self.project = project

    def command(self, *words: str, refused: bool = False) -> str:
        """Run a command on this project and return what it printed, or why it was refused."""
        print("  $ paas-app-charmer", *words, flush=True)
        argv = [PROGRAM, *words]
        if words[0] != "run":
            argv += ["--project", str(self.project)]
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if bool(done.returncode) is not refused:
            raise BrokenClaimError(f"exit code {done.returncode}: {done.stdout}{done.stderr}")
        return done.stderr if refused else done.stdout

    def start(self, *words: str, refused: bool = False) -> str:
        """Start it in the background, without any data of an earlier run."""
        project = str(self.project)
        return self.command("run", project, "--clean", "--detach", *words, refused=refused)

    def look(self, *words: str) -> str:
        """Run a command that changes nothing, without showing it."""
        argv = [PROGRAM, *words, "--project", str(self.project)]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    def status(self) -> dict[str, Any]:
        return json.loads(self.look("status", "--json"))

    def units(self) -> list[dict[str, str]]:
        """Return the workload status of each unit: ``current`` and ``message``."""
        (application,) = self.status()["applications"].values()
        return [unit["workload-status"] for unit in application["units"].values()]

    def is_active(self) -> bool:
        return all(unit["current"] == "active" for unit in self.units())

    def is_blocked(self, reason: str) -> bool:
        return all(u["current"] == "blocked" and reason in u["message"] for u in self.units())

    def get(self, path: str = "/") -> str:
        """Fetch a page; any answer that is not good news raises an OSError."""
        return fetch(self.status()["url"].rstrip("/") + path)

    def post(self, path: str, **fields: str) -> None:
        fetch(self.status()["url"].rstrip("/") + path, urllib.parse.urlencode(fields).encode())

    def page(self, path: str) -> Any:
        """Fetch a page that is JSON."""
        return json.loads(self.get(path))

    def variable(self, name: str) -> str | None:
        return self.page(f"/env/{name}")["value"]


def fetch(url: str, body: bytes | None = None) -> str:
    with urllib.request.urlopen(url, body, timeout=30) as answer:
        return answer.read().decode()


def claim(sentence: str, holds: Callable[[], object]) -> None:
    """Wait until a claim holds, and say that it does."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            seen = holds()
        except (AttributeError, OSError) as error:  # no URL yet, or nobody answers there
            seen = None
            problem = str(error)
        else:
            problem = repr(seen)
        if seen:
            print(f"  ✓ {sentence}", flush=True)
            return
        if time.monotonic() > deadline:
            raise BrokenClaimError(f"this does not hold: {sentence} (last seen: {problem})")
        time.sleep(0.2)


def show(output: str) -> None:
    print("".join(f"      {line}\n" for line in output.splitlines()), flush=True)


def it_waits_for_its_option(app: Application) -> None:
    reason = app.start("--with", ENDPOINTS, refused=True)
    show(reason)
    claim("it is held back until the option is set", lambda: "greeting-from" in reason)
    app.command("config", SIGNATURE, "summary-interval=2")
    claim("then it is active", app.is_active)
    claim("and answers behind its ingress", app.get)


def it_is_integrated(app: Application) -> None:
    show(app.command("status"))
    shown = app.command("env")
    show(shown)
    names = (
        *("POSTGRESQL_DB_NAME", "REDIS_DB_HOSTNAME", "FLASK_BASE_URL"),
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    )
    claim(
        "database, cache, ingress and the receiver of traces are in its environment",
        lambda: all(f"\n{name} " in shown for name in names),
    )
    variables = json.loads(app.command("env", "--reveal", "--json"))
    values = {variable["name"]: variable["value"] for variable in variables}
    secrets = values["POSTGRESQL_DB_PASSWORD"], values["FLASK_SECRET_KEY"]
    claim(
        "secrets are not shown unless asked for",
        lambda: not any(secret in shown for secret in secrets),
    )
    claim(
        "PostgreSQL and Redis answer the application",
        lambda: app.page("/health") == {"database": "ok", "redis": "ok"},
    )


def its_worker_works(app: Application) -> None:
    stylesheet = re.search(r'href="([^"]+css)"', app.get())
    claim(
        "its pages find their style below the path of the ingress",
        lambda: stylesheet and fetch(urllib.parse.urljoin(app.status()["url"], stylesheet[1])),
    )
    app.post("/cards", sender="Ada", message="Greetings from the demo")
    claim("the worker answers a card", lambda: "Thank you for your card, Ada" in app.get())
    claim("the scheduler has the cards counted", lambda: "1 card at" in app.get())


def an_option_reloads_it(app: Application) -> None:
    before = app.page("/pid")
    app.command("config", "greeting=Well met")
    claim("the application sees it", lambda: app.variable("FLASK_GREETING") == "Well met")
    after = app.page("/pid")
    claim("gunicorn has a new worker", lambda: after["pid"] != before["pid"])
    claim("and was not restarted", lambda: after["parent"] == before["parent"])


def it_scales(app: Application) -> None:
    app.command("scale", "2")
    claim("both units are active", lambda: len(app.units()) > 1 and app.is_active())
    addresses = app.status()["addresses"].values()
    claim(
        f"each answers at its own address: {', '.join(addresses)}",
        lambda: all(fetch(f"http://{address}/health") for address in addresses),
    )
    claim("each knows the other", lambda: app.variable("FLASK_PEER_FQDNS"))


def its_key_is_rotated(app: Application) -> None:
    before = app.variable("FLASK_SECRET_KEY")
    app.command("run-action", "rotate-secret-key")
    claim("the application has another", lambda: app.variable("FLASK_SECRET_KEY") != before)


def it_runs_a_second_time(app: Application) -> None:
    visits = visits_of(app)
    app.command("down")
    began, started = time.time_ns(), time.monotonic()
    app.command("run", str(app.project), "--detach")
    app.post("/cards", sender="Grace", message="Greetings once more")
    claim(
        "PostgreSQL has kept the first card and takes another",
        lambda: all(sender in app.get() for sender in ("<h2>Ada</h2>", "<h2>Grace</h2>")),
    )
    claim("Redis goes on counting the visits", lambda: visits_of(app) > visits)
    claim(
        "the ingress answers at the address that the application knows",
        lambda: "Grace" in fetch(app.page("/env/FLASK_BASE_URL")["value"]),
    )
    claim(
        "Loki has the line in which the worker says that it answered the card",
        lambda: "(reply) done by" in app.look("logs", "--service", "logging"),
    )
    claim(
        "the receiver of traces has one of how the card was left",
        lambda: began < newest(app, "POST /cards"),
    )
    print(f"\n  All five are in use after {measured(time.monotonic() - started)}", flush=True)


def visits_of(app: Application) -> int:
    """Visit it, and return the number of the visit; 0 if visits are not counted."""
    number = re.search(r"Visit number (\d+)", app.get())
    return int(number[1]) if number else 0


def newest(app: Application, name: str) -> int:
    """Return the time in nanoseconds at which the last trace of this name began, or 0."""
    spans = [trace["spans"][0] for trace in json.loads(app.look("traces", "--json"))]
    return max((span["start"] for span in spans if span["name"] == name), default=0)


def measured(spent: float) -> str:
    """Put what a second run took beside the promise. A slow machine breaks no claim."""
    verdict = "met" if spent <= SECOND_RUN else "MISSED"
    return f"{spent:.1f} s; promised of a second run are {SECOND_RUN:.0f} s: {verdict}"


def a_migration_fails_and_is_repaired(app: Application) -> None:
    app.start("--config", SIGNATURE)
    claim("a copy of the example answers", app.get)
    migration = app.project / "postcards" / "migrations" / "0003_stamps.sql"
    migration.write_text("ALTER TABLE postcard ADD COLUMN stamp text;\n")
    claim(
        "a migration with a mistake blocks the unit, and its status names the mistake",
        lambda: app.is_blocked('relation "postcard" does not exist'),
    )
    migration.write_text("ALTER TABLE card ADD COLUMN stamp text;\n")
    claim("once it is repaired the unit is active again", app.is_active)
    claim("and the application answers", app.get)


STOPS = (
    it_waits_for_its_option,
    it_is_integrated,
    its_worker_works,
    an_option_reloads_it,
    it_scales,
    its_key_is_rotated,
    it_runs_a_second_time,
)


def visit(app: Application, *stops: Callable[[Application], None]) -> None:
    """Go to each stop in turn, and take the application down in the end whatever happens."""
    try:
        for stop in stops:
            print(f"\n{stop.__name__.replace('_', ' ').capitalize()}", flush=True)
            stop(app)
    except BrokenClaimError:
        for words in (["status"], ["logs", "-n", "60"]):
            subprocess.run([PROGRAM, *words, "--project", str(app.project)], check=False)
        raise
    finally:
        app.command("down", "--clean")


def tour() -> None:
    """Visit the example, and then a copy of it that may be broken."""
    started = time.monotonic()
    visit(Application(EXAMPLE), *STOPS)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "postcards"
        shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns(".paas", "__pycache__"))
        visit(Application(copy), a_migration_fails_and_is_repaired)
    print(f"\nAll of it held, in {time.monotonic() - started:.0f} s.")


def stay() -> int:
    """Run the example in the foreground until Ctrl-C."""
    app = Application(EXAMPLE)
    command = [PROGRAM, "run", str(EXAMPLE), "--with", ENDPOINTS, "--config", SIGNATURE]
    # Ctrl-C is for the runner; the terminal tells both, and this process waits for the other.
    signal.signal(signal.SIGINT, lambda *_: None)
    is_second, started = (EXAMPLE / ".paas" / "venv").exists(), time.monotonic()
    with subprocess.Popen(command) as process:
        while process.poll() is None and not answers(app):
            time.sleep(0.2)
        spent = time.monotonic() - started
        if process.poll() is None:
            told = measured(spent) if is_second else f"{spent:.1f} s"
            print(f"  Active with {ENDPOINTS} after {told}", flush=True)
    return process.returncode


def answers(app: Application) -> bool:
    """Tell whether it is active and its page can be had."""
    try:
        return app.is_active() and "Postcards" in app.get()
    except (AttributeError, OSError, subprocess.CalledProcessError):
        return False  # it is just starting


if __name__ == "__main__":
    if sys.stdin.isatty() and sys.stdout.isatty():
        sys.exit(stay())
    try:
        tour()
    except BrokenClaimError as broken:
        sys.exit(f"\n{broken}")
