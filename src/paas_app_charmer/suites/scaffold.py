"""What `init` does to a folder: it adds the files that are missing, and changes none."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
from collections.abc import Mapping

from paas_app_charmer import project

from . import catalogue, detect, ground, profile

HALVES: tuple[catalogue.Half, ...] = ("rock", "charm")
_FALLBACK_NAME = "my-project"
_NAME_RULE = (
    "a name begins with a lower-case letter, goes on with these, digits and single hyphens, "
    "and has 2 to 40 characters"
)


class RefusedError(Exception):
    """Nothing was written. The text says why, and what to do about it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Order:
    """What the author asks for."""

    folder: pathlib.Path
    half: catalogue.Half | None = None
    """None means both: the rock in the folder, the charm in its folder `charm`."""
    profile: str | None = None
    name: str | None = None
    base: str | None = None
    force: bool = False
    """Whether one half may be added to although its project file is there."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be written, and why it is that."""

    folder: pathlib.Path
    suite: catalogue.Suite
    name: str
    bases: Mapping[catalogue.Half, str]
    files: Mapping[str, profile.File]
    """Those that are missing, by path relative to the folder."""
    kept: tuple[str, ...]
    """Paths of those that are there."""
    remarks: tuple[str, ...]
    detection: detect.Detection | None = None
    """How the framework was found out; None if the author named it."""


def plan(order: Order) -> Plan:
    """Decide what to write.

    Raises:
        RefusedError: the order or the folder leaves no sensible answer.
    """
    found = ground.look(order.folder, half=order.half)
    suite, detection = _suite(order, found)
    suggested = detection or detect.clues(suite, found.seen)
    name, remark = _name(order, found, suggested.name)
    halves = HALVES if order.half is None else (order.half,)
    bases: dict[catalogue.Half, str] = {half: _base(order, found, suite, half) for half in halves}
    wanted = {
        str(pathlib.PurePosixPath(found.charm if half == "charm" else "", path)): file
        for half in halves
        for path, file in profile.files(suite, half, name=name, base=bases[half]).items()
    }
    kept = tuple(path for path in wanted if _is_there(order.folder / path))
    if order.half is not None:
        _refuse_second(order, kept)
    return Plan(
        folder=order.folder,
        suite=suite,
        name=name,
        bases=bases,
        files={path: file for path, file in wanted.items() if path not in kept},
        kept=kept,
        remarks=tuple(filter(None, (*_reasons(detection), remark))),
        detection=detection,
    )


def write(planned: Plan) -> None:
    """Write all files of a plan, or none.

    Raises:
        RefusedError: it cannot be done; what was made for it is gone again.
    """
    made: list[pathlib.Path] = []
    try:
        for path, file in planned.files.items():
            target = planned.folder / path
            for folder in _missing(target.parent):
                folder.mkdir()
                made.append(folder)
            with target.open("x", encoding="utf-8", newline="\n") as opened:
                made.append(target)
                opened.write(file.text)
            if file.executable:
                target.chmod(0o755)
    except OSError as error:
        for one in reversed(made):
            with contextlib.suppress(OSError):
                one.rmdir() if one.is_dir() else one.unlink()
        place = error.filename or planned.folder
        raise RefusedError(f"cannot write {place}: {error.strerror}") from None


def _missing(folder: pathlib.Path) -> list[pathlib.Path]:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    return missing[::-1]


def _is_there(path: pathlib.Path) -> bool:
    return path.exists() or path.is_symlink()


def _refuse_second(order: Order, kept: tuple[str, ...]) -> None:
    inner = order.folder / ground.CHARM_FOLDER / project.CHARM
    if order.half == "charm" and project.CHARM not in kept and inner.is_file():
        raise RefusedError(
            f"there is a charm in {inner.parent} already; nothing was written. To add what it "
            f"lacks: `paas-app-charmer init charm {inner.parent} --force`"
        )
    file = project.ROCK if order.half == "rock" else project.CHARM
    if file in kept and not order.force:
        raise RefusedError(
            f"already there: {', '.join(kept)}; nothing was written. "
            "To add what is missing: --force"
        )


def _suite(order: Order, found: ground.Ground) -> tuple[catalogue.Suite, detect.Detection | None]:
    """Return the suite, and how it was found out if the author does not say it."""
    if order.profile is None:
        answer = detect.detect(found.seen)
        if answer.detection is None:
            raise RefusedError(answer.problem)
        return answer.detection.suite, answer.detection
    suite = catalogue.SUITES.get(order.profile.removesuffix(catalogue.SUFFIX) + catalogue.SUFFIX)
    if suite is None:
        there = ", ".join(catalogue.SUITES)
        raise RefusedError(f"there is no profile {order.profile!r}; there are {there}")
    return suite, None


def _reasons(detection: detect.Detection | None) -> tuple[str, ...]:
    if detection is None:
        return ()
    found = f"{detection.certainty}: {', '.join(detection.reasons)}"
    return (found, *(f"less speaks for {doubt}" for doubt in detection.doubts))


def _name(order: Order, found: ground.Ground, suggested: str) -> tuple[str, str]:
    """Return the project's name, and a remark if it is not one to expect."""
    if order.name is not None:
        if not profile.is_name(order.name):
            raise RefusedError(f"{order.name!r} cannot be the name: {_NAME_RULE}")
        return order.name, ""
    for name in (*found.values("name"), suggested, found.name):
        if profile.is_name(name):
            return name, ""
    if order.half == "charm":
        raise RefusedError(
            f"the folder's name {found.name!r} cannot be that of a charm: {_NAME_RULE}; "
            "choose one with --name"
        )
    return _FALLBACK_NAME, f"the folder's name {found.name!r} cannot be the name: see --name"


def _base(order: Order, found: ground.Ground, suite: catalogue.Suite, half: catalogue.Half) -> str:
    bases = suite.bases(half)
    if order.base in bases:
        return order.base
    # `bare` with both halves means the rock.
    if order.base is not None and (order.half or order.base not in suite.bases("rock")):
        raise RefusedError(
            f"{suite.name} has no {half} for the base {order.base!r}; there are {', '.join(bases)}"
        )
    own = found.written[half].get("base")
    if isinstance(own, str) and own in bases:
        return own
    # Rock and charm are of one generation: what the other half has decides.
    for value in (*found.values("base"), *found.values("build-base")):
        if bases.get(value) == "second":
            return value
    return profile.default_base(suite, half)
