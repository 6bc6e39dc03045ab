"""What the extensions add to a charm and what they refuse, by asking them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import documents
from paas_app_charmer import project as projects
from paas_app_charmer.suites import catalogue, charm, finding, shape

from .. import found, keys
from ..markdown import code, table

_INTRO = """\
What is not named here stays as its author wrote it, and lists join. The options that the extension
adds are in [Options](options.md). The part `config` is there if there is a `paas-config.yaml` or a
folder `cos_custom`; it takes along what there is of them."""

_REFUSED = """\
These keys are the extension's, or mean nothing to its charms. It also refuses names of its own
among the author's `actions`, `requires`, `provides` and `config.options`, and options whose name
begins with `webserver-` or with the name of the framework."""

_SAMPLES: tuple[object, ...] = ({"own": {}}, {"own": {"interface": "own"}}, ["own"])
_PATHS = frozenset(("paas-config.yaml", "cos_custom"))


def sections() -> tuple[str, ...]:
    """Return what is refused, and what is told of every framework's extension."""
    suites = [found.suite(module) for module in found.specs()]
    refused = {key: one for suite in suites for key, one in _refused(suite)}
    rows = [
        (code(key), one.what.replace(suites[-1].name, "the extension"))
        for key, one in refused.items()
    ]
    told = [section for suite in suites for section in _of(suite)]
    return (
        "## Refused",
        _REFUSED,
        table(("Key", "Why"), rows),
        "## What the extension adds",
        _INTRO,
        *told,
    )


def _refused(suite: catalogue.Suite) -> Iterator[tuple[str, finding.Finding]]:
    """Find the keys of the schema that the extension refuses, whatever they hold."""
    sound = {
        "name": "my-app",
        "type": "charm",
        "summary": "An application",
        "description": "What it is for",
        "base": suite.default_base,
        "platforms": {"amd64": None},
        "extensions": [suite.name],
    }
    project = projects.Project(paths=frozenset(), texts={})
    for key in keys.of("charmcraft"):
        for sample in _SAMPLES:
            content = {**sound, key.path: sample}
            if "." in key.path or key.path in sound or shape.check(content, "charmcraft", ""):
                continue
            told = charm.expand(project, content).errors
            yield from ((key.path, one) for one in told if one.key == key.path)


def _of(suite: catalogue.Suite) -> tuple[str, ...]:
    project = projects.Project(paths=_PATHS, texts={})
    by_generation: Mapping[catalogue.Generation, Mapping[str, str]] = {
        generation: dict(_entries(charm.contribution(suite, generation, project, {})))
        for generation in ("first", "second")
    }
    entries = {entry: None for added in by_generation.values() for entry in added.items()}
    rows = [
        (
            code(key),
            found.bases(
                suite.module,
                first=by_generation["first"].get(key) == text,
                second=by_generation["second"].get(key) == text,
            ),
            text,
        )
        for key, text in sorted(entries)
    ]
    return (f"### {suite.name}", table(("Key", "Bases", "Content"), rows))


def _entries(added: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in added.items():
        if key == "config":
            continue
        if documents.is_mapping(value):
            yield from ((f"{key}.{name}", code(json.dumps(it))) for name, it in value.items())
        else:
            yield key, code(json.dumps(value))
