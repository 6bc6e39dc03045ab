"""Which programs a Go module makes, as far as its files tell without a Go toolchain."""

from __future__ import annotations

import re
from collections.abc import Mapping

from paas_app_charmer import project as projects

from .. import finding

MODULE = "go.mod"
_PATH = re.compile(r"^\s*module\s+(?:\"([^\"\n]+)\"|([^\s\"/][^\s\"]*))", re.MULTILINE)
_MAJOR = re.compile(r"v[0-9]+")
_MAIN = re.compile(r"^package\s+main\b", re.MULTILINE)
_NEVER = frozenset(("vendor", "testdata"))


def problem(project: projects.Project) -> finding.Finding | None:
    """Return why there is nothing to make a program from."""
    if MODULE in project.unreadable:
        return finding.Finding(file=MODULE, what=f"cannot be read: {project.unreadable[MODULE]}")
    if MODULE not in project.texts:
        instead = "`go mod init` writes it"
        return finding.Finding(file=MODULE, what="is missing", instead=instead)
    if not path(project):
        instead = "write for example `module example.com/my-app`"
        return finding.Finding(file=MODULE, what="names no module", instead=instead)
    return None


def path(project: projects.Project) -> str:
    """Return the path of the module, empty if the file names none."""
    match = _PATH.search(project.texts.get(MODULE, ""))
    return (match[1] or match[2]) if match else ""


def own_name(project: projects.Project) -> str:
    """Return what Go calls the program at the top of the module: `example.com/shop/v2` is shop."""
    *front, last = path(project).split("/")
    return front[-1] if front and _MAJOR.fullmatch(last) else last


def made(project: projects.Project) -> Mapping[str, str]:
    """Return the programs that there may be, each with its `main.go`.

    The value is empty where that file is not there: another one may have `main`, which is not
    looked into.
    """
    folders = {_folder(file) for file in project.paths if file.endswith(".go")}
    found: dict[str, str] = {}
    for folder in sorted(folders):
        if _NEVER.intersection(folder.split("/")):
            continue
        name = folder.rpartition("/")[2] or own_name(project)
        file = f"{folder}/main.go".lstrip("/")
        place = file if _MAIN.search(project.texts.get(file, "")) else ""
        found[name] = found.get(name) or place
    return found


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
