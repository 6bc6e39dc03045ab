"""What `check` asks of the application that goes into the rock."""

from __future__ import annotations

import dataclasses
import posixpath
import shlex

from paas_app_charmer import project

from . import carried, catalogue, entrypoint, finding, generated, report, subject, words

_APPLICATION = "install-app"
"""The part that is the application."""


def entry_point(seen: subject.Subject) -> report.Row:
    """Return how the application is started, and whether what is started gets into the rock."""
    suite, why = _suite(seen)
    if suite is None:
        return report.passed_over("entry point", why)
    name = str(seen.rock.content.get("name") or "")
    module = suite.code()
    found: entrypoint.EntryPoint = module.entry_point(seen.rock.seen, name)
    command = str(seen.rock.mapping("services", suite.framework).get("command") or "")
    if command and not _starts(command, found):
        return report.row("entry point", f"your command: {command}")
    if not found.target:
        return report.row("entry point", "", found.findings)
    inside = posixpath.relpath(found.place, str(module.source(name)))
    there = found.is_built or _carries(seen, suite, inside)
    lost = () if there else (_left_out(seen, suite, inside, "error"),)
    return report.row("entry point", f"{found.target} in {found.place}", (*found.findings, *lost))


def _starts(command: str, found: entrypoint.EntryPoint) -> bool:
    try:
        return found.target in shlex.split(command)
    except ValueError:
        return False


def requirements(seen: subject.Subject) -> report.Row:
    """Return whether the framework is among what the application asks for."""
    suite, why = _suite(seen)
    if suite is None:
        return report.passed_over("requirements", why)
    files = set(getattr(suite.code(), "REQUIREMENTS", ()))
    if not files:
        files = {project.REQUIREMENTS, project.PYPROJECT, project.LOCK}
        files |= project.requirement_files(seen.rock.seen).keys()
    told = seen.rock.expansion.findings if seen.rock.expansion else ()
    wrong = [one for one in told if one.file in files]
    there = sorted(files & seen.rock.seen.texts.keys())
    return report.row("requirements", "" if wrong else ", ".join(there), wrong)


def migration(seen: subject.Subject) -> report.Row:
    """Return the script that runs before the application starts."""
    suite, why = _suite(seen)
    if suite is None:
        return report.passed_over("migration", why)
    module = suite.code()
    folder = str(module.source(str(seen.rock.content.get("name") or "")))
    names: list[str] = generated.charm(suite)["migrations"]
    places = {name: posixpath.normpath(posixpath.join(folder, name)) for name in names}
    there = [name for name in names if _is_file(seen.rock.seen, places[name])]
    taken = [name for name in there if _carries(seen, suite, name)]
    wrong = [
        _left_out(seen, suite, name, "warning")
        for name in there
        # manage.py may be there for other things.
        if name not in taken and name.startswith("migrate")
    ]
    if not taken:
        return report.row("migration", f"none: no {words.listed(names, 'or')} in the rock", wrong)
    first = places[taken[0]]
    wrong += [_passed_over(places[name], first) for name in taken[1:]]
    # Those with a suffix are handed to the program that runs them.
    if "." not in taken[0] and first not in seen.executables:
        what = "cannot be executed, so the migration fails"
        wrong.append(finding.Finding(file=first, what=what, instead=f"chmod +x {first}"))
    return report.row("migration", f"{first} runs before the start", wrong)


def _suite(seen: subject.Subject) -> tuple[catalogue.Suite | None, str]:
    """Return the rock's suite if it could be expanded, or else the reason why nothing is seen."""
    suite = seen.rock.suite
    if suite is None:
        return None, f"no framework is named in {seen.rock.file}"
    if not seen.rock.mapping("parts", f"{suite.name}/{_APPLICATION}"):
        return None, f"{seen.rock.file} has to be mended first"
    return suite, ""


def _is_file(seen: project.Project, path: str) -> bool:
    return seen.has(path) and not any(other.startswith(f"{path}/") for other in seen.paths)


def _passed_over(path: str, first: str) -> finding.Finding:
    return finding.Finding(
        file=path,
        what=f"does not run: {first} does, as it is looked for first",
        instead=f"call it from {first}",
        severity="warning",
    )


def _left_out(
    seen: subject.Subject, suite: catalogue.Suite, path: str, severity: finding.Severity
) -> finding.Finding:
    part = _part(suite)
    listed = "prime" if part.endswith(_APPLICATION) else "stage"
    told = finding.Finding(
        file=seen.rock.file,
        key=f"parts.{part}",
        what=f"{path} of the application does not get into the rock",
        instead=f"add `{_folder(suite)}/{path}` to `{listed}`",
        severity=severity,
    )
    if _is_chosen_by_suite(suite):
        file, key = suite.code().CHOSEN_IN
        return dataclasses.replace(told, file=file, key=key, instead=f"add `{path}`")
    return told


def _carries(seen: subject.Subject, suite: catalogue.Suite, path: str) -> bool:
    if _is_chosen_by_suite(suite):
        return suite.code().carries(seen.rock.seen, path)
    part = seen.rock.mapping("parts", _part(suite))
    return carried.carries(part, path, folder=_folder(suite))


def _is_chosen_by_suite(suite: catalogue.Suite) -> bool:
    """Tell whether a tool of the framework chooses the application's files, and not the part."""
    return hasattr(suite.code(), "carries")


def _part(suite: catalogue.Suite) -> str:
    """Return the part that the files in the application's folder are from."""
    return f"{suite.name}/{getattr(suite.code(), 'CONTENTS', _APPLICATION)}"


def _folder(suite: catalogue.Suite) -> str:
    module = suite.code()
    return module.APP_FOLDER
