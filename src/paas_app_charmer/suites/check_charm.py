"""What `check` asks of the charm's code and of its requirements."""

from __future__ import annotations

from collections.abc import Iterator

from paas_app_charmer import project
from paas_app_charmer import requirements as asked

from . import charm_code, check_files, finding, library, report, subject


def code(seen: subject.Subject) -> report.Row:
    """Return whether the charm's class is that of its framework, and is started."""
    file = seen.charm.in_project(subject.CODE)
    if seen.charm.expansion is None:
        return report.passed_over("charm code", f"there is no {seen.charm.file}")
    if seen.code is None:
        lost = finding.Finding(file=file, what="is missing", instead=check_files.WRITES)
        return report.row("charm code", "", (lost,))
    found = charm_code.read(seen.code, file)
    suite = seen.charm.suite or seen.rock.suite
    module = suite.module if suite else ""
    ours = [one for one in found.charms if one.package == charm_code.OURS]
    right = [one for one in ours if one.module == module or not module]
    wrong = found.findings or tuple(
        _wrong(found, right, file=file, module=module or "<framework>")
    )
    detail = f"{right[0].name} of {right[0].base}" if right else ""
    return report.row("charm code", detail, wrong)


def _wrong(
    found: charm_code.Code, right: list[charm_code.Charm], *, file: str, module: str
) -> Iterator[finding.Finding]:
    base = f"{charm_code.OURS}.{module}.Charm"
    instead = f"import {charm_code.OURS}.{module} and derive the charm's class from {base}"
    if not right and found.charms:
        other = found.charms[0]
        what = f"{other.name} derives from {other.base}, which is not this charm's framework"
        if other.package == charm_code.OLDER:
            what = f"{other.name} derives from {other.base}, which another library has"
        yield finding.Finding(file=file, line=other.line, what=what, instead=instead)
    elif not right:
        # What is derived in several steps, or made by a function, cannot be seen from here.
        yield finding.Finding(
            file=file,
            what=f"no class is seen that derives from {base}",
            instead=instead,
            severity="warning" if charm_code.OURS in found.packages else "error",
        )
    if not found.is_started:
        name = right[0].name if right else "its class"
        yield finding.Finding(
            file=file,
            what="nothing starts the charm",
            instead=f"end with `if __name__ == '__main__':` and `ops.main({name})`",
        )


def version(seen: subject.Subject) -> report.Row:
    """Return whether the charm is packed with a version of this library that fits."""
    side = seen.charm
    if side.expansion is None:
        return report.passed_over("library", f"there is no {side.file}")
    lines = list(_requirements(side.seen))
    for file, line in lines:
        if library.is_named(line):
            problem = library.problem(line)
            wrong = finding.Finding(
                file=side.in_project(file), key=line, what=problem, instead=library.WRITE
            )
            return report.row("library", line, (wrong,) if problem else ())
    places = (project.REQUIREMENTS, project.PYPROJECT)
    place = next((one for one in places if one in side.seen.texts), places[0])
    what = f"does not name {library.NAME}"
    if any(library.is_older(line) for _, line in lines):
        what = f"names {library.OLDER}, which is another library"
    lost = finding.Finding(
        file=side.in_project(place),
        what=what,
        instead=library.WRITE,
        severity="warning" if any(library.is_opaque(line) for _, line in lines) else "error",
    )
    return report.row("library", "", (lost,))


def _requirements(seen: project.Project) -> Iterator[tuple[str, str]]:
    for file, text in project.requirement_files(seen).items():
        yield from ((file, line) for line in asked.lines(text))
    yield from ((project.PYPROJECT, line) for line in project.dependencies(seen))


def executable(seen: subject.Subject) -> report.Row:
    """Return whether Juju can execute the charm."""
    file = seen.charm.in_project(subject.CODE)
    if seen.code is None:
        return report.passed_over("executable", f"there is no {file}")
    wrong = finding.Finding(
        file=file, what="cannot be executed, so no hook can run", instead=f"chmod +x {file}"
    )
    return report.row("executable", file, () if file in seen.executables else (wrong,))
