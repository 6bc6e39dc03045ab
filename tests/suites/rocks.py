"""Rock projects as values, for the tests of their extensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from paas_app_charmer import project as projects
from paas_app_charmer.suites import catalogue, expansion, finding, rock

HEAD = {
    "name": "my-web",
    "base": "bare",
    "build-base": "ubuntu@24.04",
    "version": "0.1",
    "summary": "Says hello",
    "description": "Says hello to the world.\n",
    "platforms": {"amd64": None},
}
FLASK = {"app.py": "app = 1", "requirements.txt": "flask"}
DJANGO = {"my_web/my_web/wsgi.py": "application = 1", "requirements.txt": "Django>=4"}
FASTAPI = {"app.py": "app = 1", "requirements.txt": "fastapi"}
EXPRESSJS = {
    "app/package.json": '{"name": "my-web", "version": "0.1.0", '
    '"scripts": {"start": "node server.js"}, "dependencies": {"express": "^5"}}',
}
GO = {"go.mod": "module example.com/my-web\n", "main.go": "package main\n"}
SPRING_BOOT = {"pom.xml": "<groupId>org.springframework.boot</groupId>"}
SUITES = list(catalogue.SUITES)


def project(texts: Mapping[str, str], others: Iterable[str] = ()) -> projects.Project:
    """Return a project with these texts and with other files that have none of interest."""
    files = (*texts, *others)
    folders = {path.rpartition("/")[0] for path in files} - {""}
    above = {folder.partition("/")[0] for folder in folders}
    return projects.Project(paths=frozenset({*files, *folders, *above}), texts=dict(texts))


def head(**keys: object) -> dict[str, Any]:
    """Return a project file for Flask; a key that is None is left out."""
    written = {**HEAD, "extensions": ["flask-framework"]}
    written |= {key.replace("_", "-"): value for key, value in keys.items()}
    return {key: value for key, value in written.items() if value is not None}


def expand(
    texts: Mapping[str, str] = FLASK, others: Iterable[str] = (), **keys: object
) -> expansion.Expansion:
    """Expand a project file for Flask with other keys."""
    return rock.expand(project(texts, others), head(**keys))


def expand_django(
    texts: Mapping[str, str] = DJANGO, others: Iterable[str] = (), **keys: object
) -> expansion.Expansion:
    return expand(texts, others, extensions=["django-framework"], **keys)


def expand_fastapi(
    texts: Mapping[str, str] = FASTAPI, others: Iterable[str] = (), **keys: object
) -> expansion.Expansion:
    return expand(texts, others, extensions=["fastapi-framework"], **keys)


def expand_expressjs(
    texts: Mapping[str, str] = EXPRESSJS, others: Iterable[str] = (), **keys: object
) -> expansion.Expansion:
    return expand(texts, others, extensions=["expressjs-framework"], **keys)


def expand_go(
    texts: Mapping[str, str] = GO, others: Iterable[str] = (), **keys: object
) -> expansion.Expansion:
    return expand(texts, others, extensions=["go-framework"], **keys)


def expand_spring_boot(
    texts: Mapping[str, str] = SPRING_BOOT, others: Iterable[str] = (), **keys: object
) -> expansion.Expansion:
    return expand(texts, others, extensions=["spring-boot-framework"], **keys)


def told(expanded: expansion.Expansion) -> list[str]:
    """Return what is wrong, each in a line."""
    return list(map(str, expanded.errors))


def warned(expanded: expansion.Expansion) -> list[str]:
    return list(map(str, finding.warnings(expanded.findings)))


def part(expanded: expansion.Expansion, name: str, framework: str = "flask") -> dict[str, Any]:
    return expanded.content["parts"][f"{framework}-framework/{name}"]
