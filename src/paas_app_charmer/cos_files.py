"""Rules and dashboards as files: the framework's own, and the author's beside the charm."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

CUSTOM = "cos_custom"
"""The author's folder in the charm."""
MERGED = "cos_merged"
"""The folder in the charm that stands for both."""
DASHBOARDS = "grafana_dashboards"
LOKI_RULES = "loki_alert_rules"
PROMETHEUS_RULES = "prometheus_alert_rules"

_SUITES = pathlib.Path(__file__).parent / "suites"
"""Each framework's folder has its own under `cos`."""
_RULES = (".rule", ".rules", ".yml", ".yaml")
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    DASHBOARDS: (".json", ".tmpl"),
    LOKI_RULES: _RULES,
    PROMETHEUS_RULES: _RULES,
}
"""The folders that there may be, and the files that mean something in each."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A rule file or a dashboard."""

    kind: str
    """The folder that it is for."""
    name: pathlib.PurePosixPath
    """Its path in that folder once the author's files lie among the framework's."""
    origin: str
    """Where it really is, for messages."""
    content: bytes

    @property
    def counts(self) -> bool:
        """Whether it is what its folder is for, by its suffix."""
        return self.name.suffix in SUFFIXES[self.kind]


def find(charm_dir: pathlib.Path, framework_name: str) -> tuple[list[File], str]:
    """Return all files, and why the author's are not among them if they cannot be used."""
    own = _files(_SUITES / framework_name.replace("-", "") / "cos", prefix="")
    custom = charm_dir / CUSTOM
    try:
        problem = _problem(custom)
        return (own, problem) if problem else (own + _files(custom, prefix="custom_"), "")
    except OSError as error:
        return own, f"{CUSTOM} cannot be read: {error}"


def _files(root: pathlib.Path, *, prefix: str) -> list[File]:
    return [
        File(
            kind=kind,
            name=name.with_name(prefix + name.name),
            origin=f"{root.name}/{kind}/{name}",
            content=path.read_bytes(),
        )
        for kind in SUFFIXES
        for path, name in _walk(root / kind)
    ]


def _walk(folder: pathlib.Path) -> Iterator[tuple[pathlib.Path, pathlib.PurePosixPath]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, pathlib.PurePosixPath(path.relative_to(folder))


def _problem(custom: pathlib.Path) -> str:
    if not custom.exists():
        return ""
    if not custom.is_dir():
        return f"{CUSTOM} is not a folder"
    # Hidden files, such as the .gitkeep of an empty folder, are for other tools.
    entries = [entry for entry in custom.iterdir() if not entry.name.startswith(".")]
    wrong = sorted(
        entry.name for entry in entries if entry.name not in SUFFIXES or entry.is_file()
    )
    if not wrong:
        return ""
    return f"{CUSTOM} may hold only {', '.join(SUFFIXES)}, and not {', '.join(wrong)}"
