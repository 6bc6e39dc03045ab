"""What an author should know about a project: where it stands, what is wrong, what to write."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Literal

Severity = Literal["error", "warning"]

_LONGEST = 400


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong, or may not do what its author thinks."""

    file: str
    """Path relative to the project's folder, with `/`."""
    what: str
    """What is wrong, in the words of the file's author, without a full stop."""
    key: str = ""
    """Where in the file, for example `config.options.token.type`."""
    line: int = 0
    """The line in a source file; 0 if there is none to name."""
    instead: str = ""
    """What to write instead, or to do about it."""
    severity: Severity = "error"

    def __post_init__(self) -> None:
        """Keep each text a line that a terminal can show, whatever a project has for names."""
        for field in ("file", "key", "what", "instead"):
            object.__setattr__(self, field, _line(getattr(self, field)))

    @property
    def where(self) -> str:
        """The file, and the line or key in it."""
        if self.line:
            return f"{self.file}:{self.line}"
        return f"{self.file}: {self.key}" if self.key else self.file

    def __str__(self) -> str:
        """Return all of it on one line."""
        text = f"{self.where}: {self.what}"
        return f"{text}; {self.instead}" if self.instead else text

    def as_json(self) -> dict[str, object]:
        """Return it for a machine; what does not apply is left out."""
        fields = dataclasses.asdict(self)
        return {name: value for name, value in fields.items() if value}


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return those that have to be mended."""
    return tuple(one for one in findings if one.severity == "error")


def warnings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return those that an author may decide to live with."""
    return tuple(one for one in findings if one.severity == "warning")


def _line(text: str) -> str:
    if not text.isprintable():
        seen = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
        text = "".join(seen)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
