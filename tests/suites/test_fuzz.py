"""Whatever a project's files hold: an expansion, or reasons in words that help."""

from __future__ import annotations

import json
import os
import pathlib
import re
from collections.abc import Iterable, Iterator

import pytest
from click.testing import CliRunner

from paas_app_charmer import project as projects
from paas_app_charmer.cli import commands
from paas_app_charmer.suites import catalogue, check, document, finding, halves

from . import mutations, sound

SEEDS = 2_000
CHUNKS = 20
LONGEST = 1_300
NOISE = re.compile(r"<class|<function|object at 0x|Traceback|Error\(|dict_|frozenset|\bNone\b")
HALVES: dict[catalogue.Half, str] = {"rock": "", "charm": "charm"}
SOUND = sound.projects()


def told_badly(findings: Iterable[finding.Finding], folder: pathlib.Path) -> Iterator[str]:
    """Return what is wrong with the way in which problems are told."""
    for one in findings:
        text = str(one)
        rules = {
            "names no file": one.file not in {"", "."},
            "names a file outside of the project": not one.file.startswith(("/", "..")),
            "gives no reason": bool(one.what.strip()),
            "is not one line": text.isprintable(),
            "is too long": len(text) < LONGEST,
            "is Python's, not an author's": NOISE.search(text) is None,
            "has a path of this machine": str(folder) not in text,
        }
        yield from (f"{rule}: {text!r}" for rule, kept in rules.items() if not kept)


def expanded_badly(half: catalogue.Half, folder: pathlib.Path) -> Iterator[str]:
    """Expand one half and return what forbids to use the result."""
    seen = projects.read(folder / HALVES[half], catalogue.READS)
    file = f"{half}craft.yaml"
    first = halves.expand(half, seen, seen.texts.get(file, ""), file=file)
    yield from told_badly(first.findings, folder)
    if first.errors:
        return
    if not first.content or "extensions" in first.content:
        yield f"{half} has neither content nor errors"
    text = document.dump(first.content)
    content, findings = document.load(text, file)
    if content != first.content or findings:
        yield f"{half} is read otherwise than it was written: {findings}"
    again = halves.expand(half, seen, text, file=file)
    if again.content != first.content or again.errors:
        yield f"{half} is another when it is expanded again: {again.errors}"


def checked_badly(folder: pathlib.Path) -> Iterator[str]:
    """Check a project and return what is wrong with the report."""
    report = check.check(folder)
    yield from told_badly(report.findings, folder)
    if len(report.rows) != len(check.RULES):
        yield "a check gave no result"
    for row in report.rows:
        text = f"{row.what} {row.result} {row.detail}"
        if not text.isprintable() or NOISE.search(text) or not row.what or not row.result:
            yield f"is no row for an author: {text!r}"
    json.dumps(report.as_json())


@pytest.mark.parametrize("number", range(CHUNKS))
def test_a_mutated_project_is_expanded_and_checked_or_told_what_is_wrong(number, tmp_path):
    before: sound.Files = {}
    for seed in range(number, SEEDS, CHUNKS):
        after, changed = mutations.mutated(seed)
        mutations.bring(tmp_path, before, after)
        before = after
        told = list(checked_badly(tmp_path))
        for half in HALVES:
            if any(path.startswith("charm/") == (half == "charm") for path in changed):
                told += expanded_badly(half, tmp_path)
        assert not told, f"seed {seed}"


@pytest.mark.parametrize("number", range(len(SOUND)))
@pytest.mark.parametrize("half", HALVES)
def test_a_project_that_was_not_mutated_is_expanded_without_errors(number, half, tmp_path):
    mutations.bring(tmp_path, {}, SOUND[number])
    seen = projects.read(tmp_path / HALVES[half], catalogue.READS)
    file = f"{half}craft.yaml"
    assert not halves.expand(half, seen, seen.texts[file], file=file).errors
    assert not list(expanded_badly(half, tmp_path))


@pytest.mark.parametrize("number", range(len(SOUND)))
def test_a_project_that_was_not_mutated_passes_all_checks(number, tmp_path):
    mutations.bring(tmp_path, {}, SOUND[number])
    assert not check.check(tmp_path).errors
    assert not list(checked_badly(tmp_path))


@pytest.mark.parametrize(
    "arguments", [["expand", "rock"], ["expand", "charm"], ["check"], ["check", "--json"]]
)
def test_the_commands_end_in_words_and_an_exit_code(arguments, tmp_path):
    before: sound.Files = {}
    for seed in range(0, SEEDS, 20):
        after, _ = mutations.mutated(seed)
        mutations.bring(tmp_path, before, after)
        before = after
        result = CliRunner().invoke(commands.group, [*arguments, str(tmp_path)])
        assert result.exit_code in {0, 1, 2}, f"seed {seed}"
        assert result.exception is None or isinstance(result.exception, SystemExit)


def loop(path: pathlib.Path) -> None:
    path.symlink_to(path.name)


def endless(path: pathlib.Path) -> None:
    path.symlink_to("/dev/zero")


def folder(path: pathlib.Path) -> None:
    path.mkdir()


def unknown_bytes(path: pathlib.Path) -> None:
    pathlib.Path(os.fsdecode(os.fsencode(path) + b"\xff")).touch()


@pytest.mark.parametrize("odd", [loop, endless, folder, unknown_bytes, os.mkfifo])
@pytest.mark.parametrize(
    "name",
    [
        *("app.py", "rockcraft.yaml", "requirements.txt", "pyproject.toml", "static"),
        *("charm/charmcraft.yaml", "charm/paas-config.yaml", "charm/src/charm.py"),
    ],
)
def test_what_is_no_file_is_not_waited_for(name, odd, tmp_path):
    mutations.bring(tmp_path, {}, {k: v for k, v in SOUND[0].items() if not k.startswith(name)})
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    odd(tmp_path / name)
    assert [
        *checked_badly(tmp_path),
        *(x for h in HALVES for x in expanded_badly(h, tmp_path)),
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        '"\\ud800"',
        '"\\u202e"',
        '"\\e[31m"',
        '"\\0"',
        '"\\u2028"',
        '"\\n"',
        "!!binary aGk=",
        "'😀'",
    ],
)
@pytest.mark.parametrize("half", HALVES)
def test_a_text_of_odd_characters_survives_or_is_told_of(half, text, tmp_path):
    path = f"{HALVES[half]}/{half}craft.yaml".lstrip("/")
    content = SOUND[0][path].replace(b"An application", text.encode())
    mutations.bring(tmp_path, {}, {**SOUND[0], path: content})
    assert not list(expanded_badly(half, tmp_path))
    result = CliRunner().invoke(commands.group, ["expand", half, str(tmp_path)])
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_the_mutations_are_many_and_always_the_same():
    made = [repr(sorted(mutations.mutated(seed)[0].items())) for seed in range(SEEDS)]
    assert len(set(made)) > 0.8 * SEEDS
    assert made[:100] == [repr(sorted(mutations.mutated(seed)[0].items())) for seed in range(100)]
