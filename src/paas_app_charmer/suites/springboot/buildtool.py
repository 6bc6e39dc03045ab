"""Whether Maven or Gradle builds a project, and what keeps them from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from paas_app_charmer import project as projects

from .. import finding, words

NAMES = "org.springframework.boot"
"""What the file of a project names by which Spring Boot comes into it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tool:
    """A program that makes a jar of a project."""

    title: str
    package: str
    """Of Ubuntu. It is not needed where the project brings the wrapper."""
    files: tuple[str, ...]
    """One of them at the top of the project says what to build."""
    wrapper: str
    """At the top of the project: fetches the program in the version that the project wants."""


MAVEN = Tool(title="Maven", package="maven", files=("pom.xml",), wrapper="mvnw")
GRADLE = Tool(
    title="Gradle",
    package="gradle",
    files=("build.gradle", "build.gradle.kts"),
    wrapper="gradlew",
)
FILES = (*MAVEN.files, *GRADLE.files)


def of(project: projects.Project) -> Tool | None:
    """Return the tool that a project has a file for, None if that cannot be told."""
    tools = [tool for tool in (MAVEN, GRADLE) if file_of(project, tool)]
    return tools[0] if len(tools) == 1 else None


def file_of(project: projects.Project, tool: Tool) -> str:
    """Return the file that says what the tool is to build, empty if there is none."""
    return next((file for file in tool.files if project.has(file)), "")


def problems(project: projects.Project) -> Iterator[finding.Finding]:
    """Tell why there is nothing to make a jar from."""
    files = [file for file in FILES if project.has(file)]
    if not files:
        both = words.listed((MAVEN.files[0], GRADLE.files[0]), "and")
        what = f"is missing, and so is {GRADLE.files[0]}"
        instead = f"write one of {both}, for Maven or for Gradle"
        yield finding.Finding(file=MAVEN.files[0], what=what, instead=instead)
    elif of(project) is None:
        yield _one_of(files[0], files[-1])
    for file in files:
        if file in project.unreadable:
            what = f"cannot be read: {project.unreadable[file]}"
            yield finding.Finding(file=file, what=what)
    wrappers = [tool.wrapper for tool in (MAVEN, GRADLE) if project.has(tool.wrapper)]
    if len(wrappers) > 1:
        yield _one_of(*wrappers)
    for wrapper in wrappers:
        if wrapper not in project.executables:
            what = "cannot be executed, so nothing is built"
            yield finding.Finding(file=wrapper, what=what, instead=f"chmod +x {wrapper}")


def _one_of(first: str, second: str) -> finding.Finding:
    what = f"is there and {second} as well, so that nothing says which of both builds the jar"
    return finding.Finding(file=first, what=what, instead=f"remove {first} or {second}")
