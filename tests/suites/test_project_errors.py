"""What is wrong with a project is told by `check`: a row for each mistake, in every framework.

The mistakes are those for which the stock extensions refuse a project.
"""

from __future__ import annotations

import dataclasses

import pytest

from paas_app_charmer.suites import catalogue, check, profile

NAME = "my-app"
WRAPPER = "#!/bin/sh\n"
POM = "<project><parent><groupId>org.springframework.boot</groupId></parent></project>\n"
SOUND = {
    "flask": {"requirements.txt": "flask\n", "app.py": "app = 1\n"},
    "django": {
        "requirements.txt": "django\n",
        "my_app/manage.py": "",
        "my_app/my_app/wsgi.py": "application = 1\n",
    },
    "fastapi": {"requirements.txt": "fastapi\n", "app.py": "app = 1\n"},
    "go": {"go.mod": f"module example.com/{NAME}\n", "main.go": "package main\n"},
    "expressjs": {
        "app/package.json": '{"name": "my-app", "scripts": {"start": "node server.js"}}\n',
        "app/server.js": "",
    },
    "spring-boot": {"pom.xml": POM, "src/main/java/App.java": ""},
}


@dataclasses.dataclass(frozen=True)
class Mistake:
    """One thing that is wrong with a sound project, and how it is told."""

    framework: str
    what: str
    told: str
    """What the one error begins with: file, place and problem."""
    files: dict[str, str | None] = dataclasses.field(default_factory=dict)
    """Written over the sound ones; None removes one."""
    rock: str = ""
    """Goes to the end of rockcraft.yaml."""
    executable: tuple[str, ...] = ()
    own_command: bool = False
    """Whether a command of the author's makes it right."""


def parts(framework, part, key, value):
    return f"\nparts: {{{framework}-framework/{part}: {{{key}: {value}}}}}\n"


def unprefixed(framework, part, key, folder, *others):
    return Mistake(
        framework,
        f"an entry that is not below {folder}",
        f"rockcraft.yaml: parts.{framework}-framework/{part}.{key}: `static` is not below "
        f"`{folder}/`",
        {"static/a.css": ""},
        parts(framework, part, key, f"[{', '.join((*others, 'static'))}]"),
    )


MISTAKES = [
    # Flask
    Mistake(
        "flask",
        "no requirements",
        "requirements.txt: is missing, and so is pyproject.toml",
        {"requirements.txt": None},
    ),
    Mistake(
        "flask",
        "requirements without it",
        "requirements.txt: does not name `flask`",
        {"requirements.txt": "jinja2\n"},
    ),
    Mistake(
        "flask",
        "no entry point",
        "app.py: is missing, and so is every other place",
        {"app.py": None, "static/a.css": ""},
        own_command=True,
    ),
    Mistake(
        "flask",
        "code that is no Python",
        "app.py:1: is not Python",
        {"app.py": "app = (\n"},
        own_command=True,
    ),
    unprefixed("flask", "install-app", "prime", "flask/app", "flask/app/app.py"),
    # Django
    Mistake(
        "django",
        "no requirements",
        "requirements.txt: is missing",
        {"requirements.txt": None},
    ),
    Mistake(
        "django",
        "requirements without it",
        "requirements.txt: does not name `django`",
        {"requirements.txt": "flask\n"},
    ),
    Mistake(
        "django",
        "no entry point",
        "my_app/my_app/wsgi.py: is missing",
        {"my_app/my_app/wsgi.py": None},
        own_command=True,
    ),
    # FastAPI
    Mistake(
        "fastapi",
        "no requirements",
        "requirements.txt: is missing, and so is pyproject.toml",
        {"requirements.txt": None},
    ),
    Mistake(
        "fastapi",
        "requirements without it",
        "requirements.txt: does not name `fastapi` or `starlette`",
        {"requirements.txt": "# fastapi\n"},
    ),
    Mistake(
        "fastapi",
        "no entry point",
        "app.py: has no global `app`",
        {"app.py": "application = 1\n"},
        own_command=True,
    ),
    Mistake(
        "fastapi",
        "code that is no Python",
        "app.py:1: is not Python",
        {"app.py": "app = (\n"},
        own_command=True,
    ),
    unprefixed("fastapi", "install-app", "prime", "app", "app/app.py"),
    # Go
    Mistake("go", "no module", "go.mod: is missing", {"go.mod": None}),
    unprefixed("go", "assets", "stage", "app"),
    # Express
    Mistake(
        "expressjs",
        "no package",
        "app/package.json: is missing",
        {"app/package.json": None},
    ),
    Mistake(
        "expressjs",
        "a package that is no JSON",
        "app/package.json:1: is not JSON",
        {"app/package.json": "{"},
    ),
    Mistake(
        "expressjs",
        "a package that is no object",
        "app/package.json: is not an object",
        {"app/package.json": "[]"},
    ),
    Mistake(
        "expressjs",
        "no script that starts it",
        "app/package.json: has no script `start`",
        {"app/package.json": '{"name": "my-app"}'},
        own_command=True,
    ),
    Mistake(
        "expressjs",
        "no name",
        "app/package.json: has no `name`",
        {"app/package.json": '{"scripts": {"start": "node ."}}'},
    ),
    Mistake(
        "expressjs",
        "a name that is no text",
        "app/package.json: has the name `5`",
        {"app/package.json": '{"name": 5, "scripts": {"start": "node ."}}'},
    ),
    # Spring Boot
    Mistake(
        "spring-boot",
        "two build files",
        "pom.xml: is there and build.gradle as well",
        {"build.gradle": ""},
    ),
    Mistake(
        "spring-boot",
        "two wrappers",
        "mvnw: is there and gradlew as well",
        {"mvnw": WRAPPER, "gradlew": WRAPPER},
        executable=("mvnw", "gradlew"),
    ),
    Mistake(
        "spring-boot",
        "no build file",
        "pom.xml: is missing, and so is build.gradle",
        {"pom.xml": None},
    ),
    Mistake(
        "spring-boot",
        "a wrapper of Maven that cannot be executed",
        "mvnw: cannot be executed",
        {"mvnw": WRAPPER},
    ),
    Mistake(
        "spring-boot",
        "a wrapper of Gradle that cannot be executed",
        "gradlew: cannot be executed",
        {"pom.xml": None, "build.gradle": "", "gradlew": WRAPPER},
    ),
    Mistake(
        "spring-boot",
        "a script for Gradle with Maven",
        "rockcraft.yaml: parts.spring-boot-framework/gradle-init-script: is for Gradle",
        rock=parts("spring-boot", "gradle-init-script", "override-build", "'true'"),
    ),
    unprefixed("spring-boot", "assets", "stage", "app"),
    # Whatever runs on Python
    *(
        Mistake(
            framework,
            "a build base of which there are no slices",
            "rockcraft.yaml: build-base: ",
            {"rockcraft.yaml": "ubuntu@25.04"},
        )
        for framework in ("flask", "django", "fastapi")
    ),
]


@pytest.fixture
def errors(tmp_path):
    """Return what `check` says of a project with a mistake."""

    def errors(mistake, rock=""):
        suite = catalogue.SUITES[f"{mistake.framework}-framework"]
        for half, folder in (("rock", ""), ("charm", "charm/")):
            base = profile.default_base(suite, half)
            for path, file in profile.files(suite, half, name=NAME, base=base).items():
                write(tmp_path / f"{folder}{path}", file.text, executable=file.executable)
        for path, text in {**SOUND[mistake.framework], **mistake.files}.items():
            if path == "rockcraft.yaml":
                there = (tmp_path / path).read_text()
                (tmp_path / path).write_text(there.replace("ubuntu@24.04 #", f"{text} #"))
            elif text is not None:
                write(tmp_path / path, text, executable=path in mistake.executable)
        with (tmp_path / "rockcraft.yaml").open("a") as file:
            file.write(mistake.rock + rock)
        return [str(one) for one in check.check(tmp_path).errors]

    return errors


def write(path, text, *, executable):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755 if executable else 0o644)


def test_every_framework_has_its_mistakes():
    named = {f"{mistake.framework}-framework" for mistake in MISTAKES}
    assert named == catalogue.SUITES.keys()


@pytest.mark.parametrize("framework", SOUND)
def test_a_sound_project_has_none(errors, framework):
    assert errors(Mistake(framework, "nothing", "")) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: f"{one.framework}: {one.what}")
def test_a_mistake_is_told_once_with_its_place(errors, mistake):
    (told,) = errors(mistake)
    assert told.startswith(mistake.told)


@pytest.mark.parametrize(
    "mistake",
    [mistake for mistake in MISTAKES if mistake.own_command],
    ids=lambda one: f"{one.framework}: {one.what}",
)
def test_with_a_command_of_the_author_nothing_is_looked_for(errors, mistake):
    service = f"services: {{{mistake.framework}: {{override: replace, command: run}}}}"
    assert errors(mistake, f"\n{service}\n") == []
