"""A project folder as text: what it holds, and which Python packages it asks for.

`read` looks at the disk once; everything else is a function of what it saw, so that an
extension that expands a project file and a runner that starts the project cannot disagree.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
import stat
import typing

from . import requirements as asked

if typing.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROCK = "rockcraft.yaml"
CHARM = "charmcraft.yaml"
REQUIREMENTS = "requirements.txt"
PYPROJECT = "pyproject.toml"
LOCK = "uv.lock"

_DEPTH = 3
_READ: Mapping[str, int] = {
    **dict.fromkeys((ROCK, CHARM, REQUIREMENTS, PYPROJECT, LOCK, "paas-config.yaml"), _DEPTH),
    "wsgi.py": _DEPTH,
    # A large project has many of them further down, where no entry point is looked for.
    **dict.fromkeys(("app.py", "main.py", "__init__.py"), _DEPTH - 1),
}
"""Names of files, and at how many levels they count: those of all tools, and of Python."""
_REQUIREMENTS = re.compile(r"(?:.*/)?(?:[^/]*requirements[^/]*|requirements/[^/]*)\.txt")
_LARGEST = 4 << 20
_PASSED_OVER = frozenset(("node_modules", "__pycache__"))
_ENVIRONMENT = "pyvenv.cfg"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Project:
    """What a project folder holds, by paths relative to it with `/`."""

    paths: frozenset[str]
    """Files and folders, three levels deep. Of hidden ones those at the top, without content; of
    virtual environments the file that marks them as such."""
    texts: Mapping[str, str]
    """Content of the files that say what it is: entry points, requirements, project files."""
    unreadable: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    """Why one of those has no text."""
    executables: frozenset[str] = frozenset()
    """Files at the top that may be started."""

    def has(self, path: str) -> bool:
        """Tell whether there is such a file or folder."""
        return path in self.paths

    def lacks(self, path: str) -> bool:
        """Tell whether there is certainly no such file or folder, as far as was looked."""
        steps = path.split("/")
        for depth, step in enumerate(steps[:_DEPTH], start=1):
            above, here = "/".join(steps[: depth - 1]), "/".join(steps[:depth])
            if self.is_environment(above) or (depth > 1 and _is_closed(step)):
                return False
            if not self.has(here):
                return True
            if _is_closed(step):
                return False
        return False

    @property
    def entries(self) -> tuple[str, ...]:
        """The names at the top, hidden ones too, in order."""
        return tuple(sorted(path for path in self.paths if "/" not in path))

    def is_environment(self, folder: str) -> bool:
        """Tell whether a folder is a virtual environment."""
        return self.has(f"{folder}/{_ENVIRONMENT}")


def read(folder: pathlib.Path, others: Mapping[str, int] | None = None) -> Project:
    """Look at a project folder. Whatever it holds, the result says so.

    `others` are names of more files to read, each with the levels at which it counts: 1 is the
    top, 3 the most.
    """
    names = {**_READ, **(others or {})}
    paths = frozenset(_walk(os.fspath(folder)))
    texts: dict[str, str] = {}
    unreadable: dict[str, str] = {}
    wanted = {path for path in paths if _is_read(path, names)}
    while wanted:
        path = wanted.pop()
        try:
            texts[path] = text_of(folder / path)
        except (OSError, ValueError) as error:
            unreadable[path] = getattr(error, "strerror", None) or str(error)
        if path in texts and path.endswith(".txt"):
            known = texts.keys() | unreadable.keys()
            wanted |= set(_included(folder, path, texts[path])) - known
    top = (path for path in paths if "/" not in path)
    executables = frozenset(path for path in top if _may_start(folder / path))
    return Project(paths=paths, texts=texts, unreadable=unreadable, executables=executables)


def _walk(folder: str, prefix: str = "", depth: int = 1) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    if depth > 1 and any(entry.name == _ENVIRONMENT for entry in entries):
        yield prefix + _ENVIRONMENT
        return
    for entry in entries:
        name = entry.name
        is_closed = _is_closed(name)
        # A name that is no text, as the disk may have it, cannot be written into a project file.
        if (is_closed and depth > 1) or not name.isprintable():
            continue
        yield prefix + name
        if depth < _DEPTH and not is_closed and _is_folder(entry):
            yield from _walk(entry.path, f"{prefix}{name}/", depth + 1)


def _is_closed(name: str) -> bool:
    return name.startswith(".") or name in _PASSED_OVER


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _may_start(path: pathlib.Path) -> bool:
    try:
        return path.is_file() and os.access(path, os.X_OK)
    except OSError:
        return False


def _is_read(path: str, names: Mapping[str, int]) -> bool:
    depth = path.count("/") + 1
    if depth <= names.get(path.rpartition("/")[2], 0):
        return True
    return depth < _DEPTH and _REQUIREMENTS.fullmatch(path) is not None


def _included(folder: pathlib.Path, path: str, text: str) -> Iterator[str]:
    for other in asked.included(path, text):
        is_inside = not other.startswith(("/", "..")) and "\0" not in other
        if is_inside and (folder / other).exists():
            yield other


def text_of(path: pathlib.Path) -> str:
    """Return what is in a file of a project.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not a file, or a very large one.
    """
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise ValueError("it is a folder")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is no file")
    if found.st_size > _LARGEST:
        raise ValueError(f"it is larger than {_LARGEST >> 20} MiB")
    data = path.read_bytes()
    # PowerShell writes `pip freeze > requirements.txt` in UTF-16.
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    return data.decode(encoding, errors="replace").replace("\r\n", "\n")


def snake(name: str) -> str:
    """Return a project's name as Python spells it: `my-app` gives `my_app`."""
    return name.lower().replace("-", "_")


def pyproject(project: Project) -> tuple[Mapping[str, typing.Any], str]:
    """Return the content of pyproject.toml, empty if there is none, or what is wrong with it."""
    return asked.pyproject(project.texts.get(PYPROJECT, ""))


def dependencies(project: Project) -> tuple[str, ...]:
    """Return `dependencies` of `[project]` in pyproject.toml as written there."""
    content, _ = pyproject(project)
    return tuple(content.get("project", {}).get("dependencies", ()))


def requirement_files(project: Project) -> Mapping[str, str]:
    """Return requirements.txt and the files that it includes, as far as they could be read."""
    found: dict[str, str] = {}
    wanted = [REQUIREMENTS]
    while wanted:
        path = wanted.pop(0)
        if path in project.texts and path not in found:
            found[path] = project.texts[path]
            wanted += asked.included(path, found[path])
    return found


def missing_includes(project: Project) -> tuple[tuple[str, str], ...]:
    """Return which requirements file includes which that could not be read, or is elsewhere."""
    files = requirement_files(project)
    pairs = ((path, other) for path in files for other in asked.included(path, files[path]))
    return tuple((path, other) for path, other in pairs if other not in files)


def requirements(project: Project) -> frozenset[str]:
    """Return the names of the Python packages that the project asks for, normalised (PEP 503).

    They stand in requirements.txt and what it includes, in pyproject.toml, or in uv.lock where
    dependencies are worked out. What those bring along is not among them.
    """
    lines = [line for text in requirement_files(project).values() for line in asked.lines(text)]
    return asked.names([*lines, *dependencies(project)]) | _lock(project).asked


def installed(project: Project) -> frozenset[str]:
    """Return those names, with what they bring along as far as a lock file says so."""
    return requirements(project) | _lock(project).everything


def _lock(project: Project) -> asked.Lock:
    return asked.lock(project.texts.get(LOCK, ""))
