"""What rocks with Python applications have: packages, and the interpreter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import documents
from paas_app_charmer import project as projects

from . import finding, parts, words

_VERSIONS = {"ubuntu@22.04": "3.10", "ubuntu@24.04": "3.12"}
"""That bare rocks have slices of; others come with Ubuntu's interpreter."""
_DEPENDENCIES = "dependencies"
_CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"

_NO_PACKAGES = frozenset(("bin", "build", "docs", "examples", "scripts", "test", "tests", "tools"))
"""Folders that setuptools never takes for one."""


def dependencies(seen: parts.Rock, *, packages: list[str]) -> dict[str, Any]:
    """Return the part with the interpreter, the project's packages and these."""
    has_file = projects.REQUIREMENTS in seen.project.texts
    part: dict[str, Any] = {
        "plugin": "python",
        "source": ".",
        "stage-packages": ["python3-venv"],
        "build-environment": [],
        "python-packages": packages,
        "python-requirements": [projects.REQUIREMENTS] if has_file else [],
    }
    if not seen.is_bare:
        return {**part, "stage": [f"-{_CERTIFICATES}"]}
    # For another base there is no version, and an error already.
    python = f"python{_VERSIONS.get(seen.build_base, '3')}"
    part["build-environment"] = [{"PARTS_PYTHON_INTERPRETER": python}]
    if _whole_packages(seen):
        # One part cannot have both slices and whole packages.
        return {**part, "stage-packages": [f"{python}-venv"], "stage": [f"-{_CERTIFICATES}"]}
    return {**part, "stage-packages": [f"{python}-venv_ensurepip"]}


def _whole_packages(seen: parts.Rock) -> list[str]:
    written = seen.written(_DEPENDENCIES) or {}
    return parts.split(written.get("stage-packages"))[1]


def findings(
    seen: parts.Rock, *packages: str, places: tuple[str, ...]
) -> Iterator[finding.Finding]:
    """Tell what is wrong with the requirements, of which one of these packages should be.

    They have to stand in one of the places, of which `pyproject.toml` is read if it is there.
    """
    project = seen.project
    unreadable = [place for place in places if place in project.unreadable]
    for place in unreadable:
        what = f"cannot be read: {project.unreadable[place]}"
        yield finding.Finding(file=place, what=what)
    content, problem = projects.pyproject(project)
    if problem:
        yield finding.Finding(file=projects.PYPROJECT, what=problem)
    for place, other in projects.missing_includes(project):
        what = f"includes {words.quoted(other)}, which cannot be found in the project"
        yield finding.Finding(file=place, what=what)
    wanted = words.listed(packages, "or")
    present = [place for place in places if place in project.texts]
    if not present and not unreadable:
        other = "".join(f", and so is {place}" for place in places[1:])
        instead = f"list in it what the application needs, {wanted} for one"
        yield finding.Finding(file=places[0], what=f"is missing{other}", instead=instead)
    if not present or problem:
        return
    if not projects.installed(project).intersection(packages):
        other = f", and neither does {present[1]}" if present[1:] else ""
        what = f"does not name {wanted}{other}"
        yield finding.Finding(file=present[0], what=what, instead=f"add {wanted} to it")
    if projects.PYPROJECT in project.texts:
        yield from _of_installing(project, content)


def doubts(seen: parts.Rock) -> Iterator[finding.Finding]:
    """Tell what makes a rock larger than its author may think."""
    whole = _whole_packages(seen)
    if seen.is_bare and whole:
        yield seen.warning(
            f"on `bare` the package {words.quoted(whole[0])} brings along all that it depends on, "
            "and Python is no slice any more",
            key=f"parts.{seen.part(_DEPENDENCIES)}.stage-packages",
            instead="write slices where there are some, for example `libpq5_libs`",
        )


def _of_installing(
    project: projects.Project, content: Mapping[str, Any]
) -> Iterator[finding.Finding]:
    """Tell what may stop `pip install .`, which is run wherever there is a pyproject.toml."""
    tools = documents.mapping(content.get("tool"))
    if "build-system" in content or "setuptools" in tools:
        return
    if projects.REQUIREMENTS not in project.texts and "name" not in content.get("project", {}):
        yield finding.Finding(
            file=projects.PYPROJECT,
            key="project.name",
            what="is missing, and packing runs `pip install .`, which needs it",
            instead="add `name` and `version`, or list the packages in requirements.txt",
            severity="warning",
        )
    folders = {path.partition("/")[0] for path in project.paths if "/" in path}
    guessed = sorted(name for name in folders - _NO_PACKAGES if name.isidentifier())
    if len(guessed) > 1:
        yield finding.Finding(
            file=projects.PYPROJECT,
            key="tool.setuptools",
            what="is missing, and packing runs `pip install .`, which refuses to guess which of "
            f"{words.listed(guessed, 'and')} is a package",
            instead="add the table `[tool.setuptools]` with `py-modules = []`",
            severity="warning",
        )
