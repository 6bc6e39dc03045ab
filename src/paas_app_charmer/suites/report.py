"""What `check` found: a row for everything that it looked at, and the findings."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from . import finding


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that was looked at."""

    what: str
    detail: str
    """What was seen."""
    findings: tuple[finding.Finding, ...] = ()
    """Those that another row tells as well are told once."""
    applies: bool = True

    @property
    def result(self) -> str:
        """`ok`, `warning`, `error`, or `-` if it could not be looked at."""
        if finding.errors(self.findings):
            return "error"
        if finding.warnings(self.findings):
            return "warning"
        return "ok" if self.applies else "-"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """All of it."""

    rows: tuple[Row, ...]

    @property
    def findings(self) -> tuple[finding.Finding, ...]:
        """Everything that is wrong or may be, once each."""
        return tuple(dict.fromkeys(one for row in self.rows for one in row.findings))

    @property
    def errors(self) -> tuple[finding.Finding, ...]:
        """What has to be mended."""
        return finding.errors(self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return it for a machine."""
        return {
            "checks": [
                {"check": row.what, "result": row.result, "detail": row.detail}
                for row in self.rows
            ],
            "findings": [one.as_json() for one in self.findings],
        }


def row(what: str, detail: str, findings: Iterable[finding.Finding] = ()) -> Row:
    """Return a row; without a detail the first finding says what was seen."""
    findings = tuple(findings)
    return Row(what=what, detail=detail or findings[0].what, findings=findings)


def passed_over(what: str, why: str) -> Row:
    """Return a row for what could not be looked at."""
    return Row(what=what, detail=why, applies=False)
