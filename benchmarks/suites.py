"""What an author waits for: `expand` and `check`, as whole processes."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence

from . import report

EXPAND_LIMIT = 150
CHECK_LIMIT = 300
"""Milliseconds beyond the start of Python."""
FILES = 5_000

_EXAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "flask"
_TOOL = ("-m", "paas_app_charmer.cli")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command:
    """A Python process that is measured."""

    title: str
    arguments: Sequence[str]
    limit: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Run:
    """One process from its start to its end, in milliseconds."""

    wall: float
    processor: float


BARE = Command(title="python -c pass", arguments=("-c", "pass"))
LIBRARIES = Command(
    title="import yaml, jsonschema, click", arguments=("-c", "import yaml, jsonschema, click")
)
EXPANSIONS = tuple(
    Command(title=f"expand {half}", arguments=(*_TOOL, "expand", half, file), limit=EXPAND_LIMIT)
    for half, file in (("rock", "rockcraft.yaml"), ("charm", "charm/charmcraft.yaml"))
)
CHECK = Command(title=f"check, {FILES:,} files", arguments=(*_TOOL, "check"), limit=CHECK_LIMIT)


def measure(folder: pathlib.Path, *, quick: bool) -> report.Table:
    """Compare the commands with bare Python in rounds, so that all meet the same noise."""
    project = folder / "suites"
    make_project(project)
    commands = (BARE, LIBRARIES, *EXPANSIONS, CHECK)
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for command in commands:
            _run(command, project, environment)
        rounds = [
            [_run(command, project, environment) for command in commands]
            for _ in range(7 if quick else 31)
        ]
    return report.Table(
        title="The suites' commands, whole process, byte code compiled",
        columns=(
            *("command", "time", "processor time", "beyond Python", "limit", ""),
            *("ratio to Python", "to the libraries"),
        ),
        rows=[_row(rounds, index, command) for index, command in enumerate(commands)],
        notes=[
            f"Medians of {len(rounds)} rounds. Limits and ratios are of processor time, which is",
            "what the commands take on a machine that does nothing else.",
        ],
    )


def make_project(folder: pathlib.Path) -> None:
    """Make a project of the example with as many files as a grown application has."""
    ignored = shutil.ignore_patterns(".*", "__pycache__")
    shutil.copytree(_EXAMPLE, folder, ignore=ignored)
    there = sum(path.is_file() for path in folder.rglob("*"))
    for number in range(FILES - there):
        kind, suffix = ("static", "css") if number % 5 else ("postcards", "py")
        path = folder / kind / f"part{number % 100}" / f"file{number}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {number}\n", encoding="utf-8")


def _row(rounds: list[list[Run]], index: int, command: Command) -> tuple[str, ...]:
    own = [runs[index] for runs in rounds]
    beyond = [runs[index].processor - runs[0].processor for runs in rounds]
    limit = command.limit
    met = "" if limit is None else report.verdict(statistics.median(beyond), limit)
    return (
        command.title,
        report.median([run.wall for run in own], "ms"),
        report.median([run.processor for run in own], "ms"),
        report.median(beyond, "ms") if index else "",
        "" if limit is None else f"{limit} ms",
        met,
        *(_ratio(rounds, index, base) if index else "" for base in (0, 1)),
    )


def _ratio(rounds: list[list[Run]], index: int, base: int) -> str:
    ratio = statistics.median(runs[index].processor / runs[base].processor for runs in rounds)
    return f"{ratio:.2f}"


def _run(command: Command, project: pathlib.Path, environment: Mapping[str, str]) -> Run:
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command.arguments],
        cwd=project,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)  # or it would be waited for again
    if status:
        raise SystemExit(f"`{command.title}` failed")
    return Run(wall=1000 * wall, processor=1000 * (usage.ru_utime + usage.ru_stime))
