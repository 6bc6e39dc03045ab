"""The virtual environment that stands for the Python packages in the rock."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
import sys
import typing

from paas_app_charmer import project as projects
from paas_app_charmer import requirements

from . import errors
from . import packages as installing

if typing.TYPE_CHECKING:
    from collections.abc import Sequence

    from . import cache

_OF_PROJECT = (".venv", "venv")
_STAMP = "paas-inputs"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Environment:
    """A virtual environment with the requirements and what the rock adds to them."""

    folder: pathlib.Path
    is_ours: bool
    """Made in `.paas`; otherwise the project's own, used as it is."""

    @property
    def python(self) -> pathlib.Path:
        """The interpreter of the environment."""
        return self.folder / "bin" / "python3"


def ensure(
    project: pathlib.Path,
    *,
    packages: Sequence[str],
    state: pathlib.Path,
    progress: cache.Progress,
) -> Environment:
    """Return the project's own environment if it has all that is asked for, else one in `state`.

    The rock asks for `packages` beside those that the project names. An environment in `state` is
    made, and brought up to date when the requirements have changed. Raises LocalError.
    """
    content = projects.read(project)
    wanted = projects.requirements(content) | requirements.names(packages)
    for name in _OF_PROJECT:
        if wanted <= _installed(project / name):
            return Environment(folder=project / name, is_ours=False)
    environment = Environment(folder=state / "venv", is_ours=True)
    stamp = environment.folder / _STAMP
    arguments = _arguments(content, packages)
    inputs = _digest(content, arguments)
    if stamp.exists() and stamp.read_text() == inputs and environment.python.exists():
        return environment
    progress("Installing the application's requirements")
    stamp.unlink(missing_ok=True)
    installing.make_environment(environment.folder, python=sys.executable)
    installing.install(arguments, python=environment.python, cwd=project)
    stamp.write_text(inputs)
    return environment


def _installed(environment: pathlib.Path) -> frozenset[str]:
    if not (environment / "pyvenv.cfg").exists() or not (environment / "bin/python3").exists():
        return frozenset()
    found = environment.glob("lib/python3*/site-packages/*.dist-info")
    return frozenset(requirements.normalised(folder.name.partition("-")[0]) for folder in found)


def _arguments(content: projects.Project, packages: Sequence[str]) -> list[str]:
    _, problem = projects.pyproject(content)
    if problem:
        raise errors.LocalError(f"{projects.PYPROJECT}: {problem}")
    listed = ["-r", projects.REQUIREMENTS] if projects.REQUIREMENTS in content.texts else []
    return [*listed, *projects.dependencies(content), *packages]


def _digest(content: projects.Project, arguments: list[str]) -> str:
    files = projects.requirement_files(content).items()
    inputs = "\0".join((sys.version, *(part for file in files for part in file), *arguments))
    return hashlib.sha256(inputs.encode()).hexdigest()
