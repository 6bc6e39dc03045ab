"""The suite for Spring Boot applications, which Maven or Gradle make a jar of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from paas_app_charmer import project as projects

from .. import assets, entrypoint, expansion, finding, parts
from . import buildtool

APP_FOLDER = assets.FOLDER
"""Of the application, in the rock, with the jar in it."""
FOLDERS = (f"/{assets.FOLDER}",)
"""Others that it may write to: the charm puts a certificate beside the jar."""
CONTENTS = assets.PART
"""The part with the files of that folder that are not built."""
REQUIREMENTS = buildtool.FILES
"""Files that say what it needs."""
PARTS = {
    "base-layout": "The folder that the application runs in.",
    "gradle-init-script": "What Gradle is told before it builds, if the author has such a script.",
    "install-app": "The jar, made with Maven or Gradle.",
    "runtime": "A Java runtime with the modules that the jar needs, and on `bare` a shell.",
    **assets.PARTS,
}
"""What its parts are for, beside those of other frameworks."""
_ASSETS = ("migrate", "migrate.sh")
_START = "java -jar *.jar"
_JDK = "default-jdk"
_INIT_SCRIPT = "gradle-init-script"
_LIBRARIES = ("libnss3_nss", "libc6_libs", "libgcc-s1_libs", "libstdc++6_libs", "zlib1g_libs")
_SHELL = ("bash_bins", "base-files_chisel", "base-files_tmp", "coreutils_bins")
_NOT_STARTED = ("*-plain.jar", "*-sources.jar", "*-javadoc.jar", "maven-wrapper.jar")
"""Jars that a build may leave beside the one that can be started."""
_INIT_SCRIPTS = """\
mkdir -p "$GRADLE_USER_HOME/init.d"
find "$CRAFT_STAGE" -maxdepth 1 -name 'init.gradle*' -exec cp {} "$GRADLE_USER_HOME" ';'
find "$CRAFT_STAGE" -maxdepth 1 -name '*.init.gradle*' -exec cp {} "$GRADLE_USER_HOME/init.d" ';'
"""
_ONE_JAR = """\
craftctl default
jar="$(find build/libs -name '*.jar' ! -name '*-plain.jar')"
if [ ! -f "$jar" ]; then
  echo "there has to be one jar in build/libs, and there is: ${jar:-none}" >&2
  exit 1
fi
find "$CRAFT_PART_INSTALL" -name '*.jar' ! -name "$(basename "$jar")" -delete
"""


def source(_name: str) -> str:
    """Return the folder of a project that the part with the application's files is made from."""
    return "."


def files(*, statsd_port: int = 0) -> Mapping[str, str]:  # noqa: ARG001 - of other suites
    """Return the files that the rock has beside the application, by their path in it."""
    return {}


def entry_point(project: projects.Project, _name: str) -> entrypoint.EntryPoint:
    """Find what the jar is made of. Which class is started, it says itself."""
    told = tuple(buildtool.problems(project))
    tool = buildtool.of(project)
    if tool is None or told:
        return entrypoint.EntryPoint(findings=told)
    place = buildtool.file_of(project, tool)
    return entrypoint.EntryPoint(place=place, target=_START, is_built=True)


def rock(seen: parts.Rock) -> expansion.Contribution:
    """Return what the extension adds to a rock."""
    command = {} if seen.has_command else {"command": f'bash -c "{_START}"'}
    chosen = assets.of(seen, default=_ASSETS)
    added: dict[str, Any] = {
        "base-layout": parts.made_folder(APP_FOLDER),
        **_init_script(seen),
        "install-app": _application(seen),
        **chosen.parts,
        "logging": parts.logging(),
        "runtime": _runtime(seen),
    }
    content = {
        "run-user": parts.USER,
        "services": {
            seen.suite.framework: parts.service(**{"working-dir": f"/{APP_FOLDER}"}, **command)
        },
        "parts": {seen.part(name): part for name, part in added.items()},
    }
    told = (*buildtool.problems(seen.project), *_of_init_script(seen), *chosen.findings)
    return expansion.Contribution(content=content, findings=told)


def _application(seen: parts.Rock) -> dict[str, Any]:
    tool = buildtool.of(seen.project) or buildtool.MAVEN
    has_wrapper = seen.project.has(tool.wrapper)
    part: dict[str, Any] = {"plugin": tool.package, "source": "."}
    part["build-packages"] = [
        *_jdk(seen, "install-app"),
        *(() if has_wrapper else (tool.package,)),
    ]
    part |= _of_maven(has_wrapper=has_wrapper) if tool is buildtool.MAVEN else _of_gradle(seen)
    part["organize"] = {"**/*.jar": f"{APP_FOLDER}/"}
    if seen.is_bare:
        part["stage-packages"] = list(_LIBRARIES)
    part["permissions"] = [parts.owned(f"{APP_FOLDER}*")]
    return part


def _of_maven(*, has_wrapper: bool) -> dict[str, Any]:
    return {
        **({"maven-use-wrapper": True} if has_wrapper else {}),
        "stage": [f"-{APP_FOLDER}/{name}" for name in _NOT_STARTED],
    }


def _of_gradle(seen: parts.Rock) -> dict[str, Any]:
    part = {"gradle-task": "bootJar", "override-build": _ONE_JAR}
    if not _has_init_script(seen):
        return part
    return {
        **part,
        "after": [seen.part(_INIT_SCRIPT)],
        "build-environment": [{"GRADLE_USER_HOME": "$CRAFT_PART_BUILD/.gradle"}],
        "override-build": _INIT_SCRIPTS + _ONE_JAR,
    }


def _runtime(seen: parts.Rock) -> dict[str, Any]:
    part: dict[str, Any] = {
        "plugin": "jlink",
        "after": [seen.part("install-app")],
        "build-packages": _jdk(seen, "runtime"),
    }
    if seen.is_bare:
        part["stage-packages"] = list(_SHELL)
    return part


def _jdk(seen: parts.Rock, part: str) -> list[str]:
    """Return the package to build with unless the author names another."""
    author: object = (seen.written(part) or {}).get("build-packages")
    packages = cast("list[object]", author) if isinstance(author, list) else []
    return [] if any("jdk" in str(package) for package in packages) else [_JDK]


def _has_init_script(seen: parts.Rock) -> bool:
    return bool((seen.written(_INIT_SCRIPT) or {}).get("override-build"))


def _init_script(seen: parts.Rock) -> dict[str, Any]:
    # What it does is the author's `override-build`; nothing of it is packed.
    part: dict[str, Any] = {"plugin": "nil", "source": ".", "prime": []}
    return {_INIT_SCRIPT: part} if _has_init_script(seen) else {}


def _of_init_script(seen: parts.Rock) -> Iterator[finding.Finding]:
    if _has_init_script(seen) and buildtool.of(seen.project) is buildtool.MAVEN:
        yield seen.error(
            "is for Gradle, and Maven builds the project",
            key=f"parts.{seen.part(_INIT_SCRIPT)}",
            instead="remove it",
        )
