"""`python -m examples.demo FRAMEWORK`, which is what `make demo` runs."""

from __future__ import annotations

import importlib.util
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from . import application, general

DEFAULT = "flask"


class UnknownError(Exception):
    """There is no such example."""


def tour_of(framework: str) -> application.Tour:
    """Return what is shown of an example, which is found by its folder.

    Raises:
        UnknownError: there is none.
    """
    names = sorted(file.parent.name for file in application.EXAMPLES.glob("*/rockcraft.yaml"))
    name = framework.replace("-", "")  # Spring Boot's suite has one in its name
    if name not in names:
        raise UnknownError(f"there is no example of {framework!r}; there are {', '.join(names)}")
    own = f"{__package__}.{name}"
    if importlib.util.find_spec(own) is None:
        return general.of(application.EXAMPLES / name)
    return importlib.import_module(own).TOUR


def visit(app: application.Application, *stops: application.Stop) -> None:
    """Go to each stop in turn, and take the application down in the end whatever happens."""
    try:
        for stop in stops:
            print(f"\n{stop.__name__.replace('_', ' ').capitalize()}", flush=True)
            stop(app)
    except application.BrokenClaimError:
        for words in (["status"], ["logs", "-n", "60"]):
            command = [application.PROGRAM, *words, "--project", str(app.project)]
            subprocess.run(command, check=False)
        raise
    finally:
        app.command("down", "--clean")


def go(tour: application.Tour) -> None:
    """Visit the example, and then a copy of it that may be broken."""
    started = time.monotonic()
    visit(application.Application(tour.project), *tour.stops)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / tour.project.name
        left_out = shutil.ignore_patterns(".paas", "__pycache__", "node_modules")
        shutil.copytree(tour.project, copy, ignore=left_out)
        visit(application.Application(copy), tour.last)
    print(f"\nAll of it held, in {time.monotonic() - started:.0f} s.")


def stay(tour: application.Tour) -> int:
    """Run the example in the foreground until Ctrl-C."""
    app = application.Application(tour.project)
    command = [application.PROGRAM, "run", str(tour.project), "--with", tour.endpoints]
    # Ctrl-C is for the runner; the terminal tells both, and this process waits for the other.
    signal.signal(signal.SIGINT, lambda *_: None)
    kept = tour.project / ".paas"
    is_second = any((kept / made).exists() for made in ("venv", "builds"))
    started = time.monotonic()
    with subprocess.Popen([*command, *tour.config]) as process:
        while process.poll() is None and not answers(app):
            time.sleep(0.2)
        spent = time.monotonic() - started
        if process.poll() is None:
            told = tour.measured(spent) if is_second else f"{spent:.1f} s"
            print(f"  Active with {tour.endpoints} after {told}", flush=True)
    return process.returncode


def answers(app: application.Application) -> bool:
    """Tell whether it is active and its page can be had."""
    try:
        return app.is_active() and bool(app.get())
    except (AttributeError, OSError, subprocess.CalledProcessError):
        return False  # it is just starting


def main(framework: str = DEFAULT) -> int:
    try:
        tour = tour_of(framework)
        if sys.stdin.isatty() and sys.stdout.isatty():
            return stay(tour)
        go(tour)
    except UnknownError as unknown:
        sys.exit(str(unknown))
    except application.BrokenClaimError as broken:
        sys.exit(f"\n{broken}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
