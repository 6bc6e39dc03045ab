"""Both halves of a project against each other and against its code."""

from __future__ import annotations

import pathlib

from . import check_charm, check_files, check_rock, report, subject

RULES = (
    check_files.rock,
    check_files.charm,
    check_files.framework,
    check_files.base,
    check_files.name,
    check_rock.entry_point,
    check_rock.requirements,
    check_rock.migration,
    check_files.options,
    check_files.endpoints,
    check_charm.code,
    check_charm.version,
    check_charm.executable,
)
"""Each looks at one thing, in the order in which they are told."""


def check(folder: pathlib.Path) -> report.Report:
    """Look at a project's folder, or at that of its charm."""
    seen = subject.read(folder)
    return report.Report(rows=tuple(rule(seen) for rule in RULES))
