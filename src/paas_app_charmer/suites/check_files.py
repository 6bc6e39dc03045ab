"""What `check` asks of the two project files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import catalogue, finding, generated, report, subject

WRITES = "`paas-app-charmer init` writes it"


def rock(seen: subject.Subject) -> report.Row:
    """Return whether the rock's file can be expanded."""
    return _expands(seen.rock, "services")


def charm(seen: subject.Subject) -> report.Row:
    """Return whether the charm's file can be expanded."""
    return _expands(seen.charm, "containers")


def _expands(side: subject.Side, key: str) -> report.Row:
    what = f"{side.half} expands"
    if side.expansion is None:
        lost = finding.Finding(file=side.file, what="is missing", instead=WRITES)
        return report.row(what, "", (lost,))
    errors = finding.errors(side.expansion.findings)
    detail = f"{side.file}, {key}: {_listed(side.mapping(key))}"
    if errors:
        detail = f"{side.file}, {len(errors)} to mend"
    return report.row(what, detail, side.expansion.findings)


def framework(seen: subject.Subject) -> report.Row:
    """Return whether rock and charm are of one framework."""
    ours, theirs = seen.rock.suite, seen.charm.suite
    if ours is None or theirs is None:
        silent = [side for side in (seen.rock, seen.charm) if side.suite is None]
        files = " and ".join(side.file for side in silent)
        return report.passed_over("framework", f"no framework is named in {files}")
    if ours is theirs:
        return report.row("framework", ours.name)
    wrong = finding.Finding(
        file=seen.charm.file,
        key="extensions",
        what=f"names {theirs.name}, but {seen.rock.file} names {ours.name}",
        instead="name the same in both",
    )
    return report.row("framework", "", (wrong,))


def base(seen: subject.Subject) -> report.Row:
    """Return whether rock and charm are of one generation."""
    ours, theirs = seen.rock.generation, seen.charm.generation
    if ours is None or theirs is None:
        return report.passed_over("base", "a base is missing that can be compared")
    detail = f"rock {_base(seen.rock)}, charm {_base(seen.charm)}"
    if ours == theirs:
        return report.row("base", detail)
    second = catalogue.SECOND_BASE
    wrong = finding.Finding(
        file=seen.charm.file if ours == "second" else seen.rock.file,
        key="base",
        what=f"only one of rock and charm is for {second}",
        instead=f"write `base: {second}` in both or in none",
        severity="warning",
    )
    return report.row("base", detail, (wrong,))


def _base(side: subject.Side) -> str:
    written = (side.content.get(key) for key in ("base", "build-base"))
    return " on ".join(one for one in written if isinstance(one, str) and one) or ", ".join(
        side.mapping("platforms")
    )


def name(seen: subject.Subject) -> report.Row:
    """Return whether rock and charm have one name."""
    ours, theirs = seen.rock.content.get("name"), seen.charm.content.get("name")
    if not isinstance(ours, str) or not isinstance(theirs, str):
        return report.passed_over("name", "a name is missing")
    if ours == theirs:
        return report.row("name", ours)
    wrong = finding.Finding(
        file=seen.charm.file,
        key="name",
        what=f"is {theirs}, but the rock's is {ours}",
        instead="operators know an application by one name",
        severity="warning",
    )
    return report.row("name", "", (wrong,))


def options(seen: subject.Subject) -> report.Row:
    """Return what an operator can set, and whether anything is wrong with it."""
    if seen.charm.expansion is None:
        return report.passed_over("options", f"there is no {seen.charm.file}")
    declared = seen.charm.mapping("config", "options")
    ours = _contributed(seen, "config", "options")
    author = [option for option in declared if option not in ours]
    detail = f"yours: {_listed(author)}; of the framework: {len(declared) - len(author)}"
    return report.row("options", detail, _about(seen.charm, "config"))


def endpoints(seen: subject.Subject) -> report.Row:
    """Return what the charm can be integrated with, and whether the library knows it."""
    if seen.charm.expansion is None:
        return report.passed_over("endpoints", f"there is no {seen.charm.file}")
    declared = [*seen.charm.mapping("requires"), *seen.charm.mapping("provides")]
    ours = {*_contributed(seen, "requires"), *_contributed(seen, "provides")}
    author = [endpoint for endpoint in declared if endpoint not in ours]
    detail = f"yours: {_listed(author)}; of the framework: {_listed(sorted(ours))}"
    return report.row("endpoints", detail, _about(seen.charm, "requires", "provides", "peers"))


def _contributed(seen: subject.Subject, *keys: str) -> Mapping[str, Any]:
    suite = seen.charm.suite
    if suite is None:
        return {}
    value: Any = generated.charm(suite)[seen.charm.generation or "first"]
    for key in keys:
        value = value[key]
    return value


def _about(side: subject.Side, *keys: str) -> Iterable[finding.Finding]:
    findings = side.expansion.findings if side.expansion else ()
    return (one for one in findings if one.key.partition(".")[0] in keys)


def _listed(names: Iterable[object]) -> str:
    return ", ".join(map(str, names)) or "none"
