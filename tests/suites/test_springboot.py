"""The suite of Spring Boot applications: what makes the jar, what runs it, what goes along."""

from __future__ import annotations

import pytest

from paas_app_charmer import project as projects
from paas_app_charmer.suites import catalogue, check, detect, profile, rock

from . import rocks

SUITE = catalogue.SUITES["spring-boot-framework"]
BOOT = "<parent><groupId>org.springframework.boot</groupId></parent>"
MAVEN = {"pom.xml": f"<project>{BOOT}</project>"}
GRADLE = {"build.gradle": "plugins { id 'org.springframework.boot' version '3.5.0' }"}
KOTLIN = {"build.gradle.kts": 'plugins { id("org.springframework.boot") version "3.5.0" }'}
PLAIN = {"pom.xml": "<project><groupId>com.example</groupId></project>"}


def seen(texts=MAVEN, there=(), executable=()):
    """Return a project with these texts, and with files of which only some may be started."""
    project = rocks.project(texts, [*there, *executable])
    return projects.Project(
        paths=project.paths, texts=project.texts, executables=frozenset(executable)
    )


def expand(texts=MAVEN, there=(), executable=(), **keys):
    head = rocks.head(extensions=[SUITE.name], **keys)
    return rock.expand(seen(texts, there, executable), head)


def part(expanded, name):
    return expanded.content["parts"].get(f"{SUITE.name}/{name}")


def with_part(name, **written):
    return {"parts": {f"{SUITE.name}/{name}": {key.replace("_", "-"): value
            for key, value in written.items()}}}  # fmt: skip


# --- the jar ---


def test_the_service_starts_the_jar_in_the_applications_folder():
    assert expand().content["services"] == {
        "spring-boot": {
            "override": "replace",
            "startup": "enabled",
            "user": "_daemon_",
            "working-dir": "/app",
            "command": 'bash -c "java -jar *.jar"',
        }
    }


def test_a_command_of_the_authors_is_kept():
    own = {"spring-boot": {"command": "java -cp /app/shop.jar shop.Main"}}
    assert expand(services=own).content["services"]["spring-boot"]["command"].endswith("shop.Main")


@pytest.mark.parametrize(
    ("texts", "executable", "plugin", "packages"),
    [
        (MAVEN, [], "maven", ["default-jdk", "maven"]),
        (MAVEN, ["mvnw"], "maven", ["default-jdk"]),
        (GRADLE, [], "gradle", ["default-jdk", "gradle"]),
        (GRADLE, ["gradlew"], "gradle", ["default-jdk"]),
        (KOTLIN, [], "gradle", ["default-jdk", "gradle"]),
    ],
)
def test_the_file_that_is_there_chooses_the_tool_and_a_wrapper_takes_its_place(
    texts, executable, plugin, packages
):
    expanded = expand(texts, executable=executable)
    made = part(expanded, "install-app")
    assert expanded.errors == ()
    assert (made["plugin"], made["build-packages"]) == (plugin, packages)


@pytest.mark.parametrize("executable", [[], ["mvnw"]])
def test_maven_is_told_whether_there_is_a_wrapper(executable):
    made = part(expand(executable=executable), "install-app")
    assert made.get("maven-use-wrapper", False) is bool(executable)


def test_gradle_makes_the_jar_that_can_be_started_and_no_other_gets_on():
    made = part(expand(GRADLE), "install-app")
    assert made["gradle-task"] == "bootJar"
    assert "! -name '*-plain.jar'" in made["override-build"]
    assert "build-environment" not in made


def test_what_maven_makes_beside_the_jar_is_not_staged():
    assert part(expand(), "install-app")["stage"] == [
        "-app/*-plain.jar",
        "-app/*-sources.jar",
        "-app/*-javadoc.jar",
        "-app/maven-wrapper.jar",
    ]


@pytest.mark.parametrize("texts", [MAVEN, GRADLE])
def test_every_jar_goes_into_the_applications_folder(texts):
    assert part(expand(texts), "install-app")["organize"] == {"**/*.jar": "app/"}


@pytest.mark.parametrize("name", ["install-app", "runtime"])
@pytest.mark.parametrize(
    ("packages", "expected"),
    [
        (["openjdk-17-jdk"], ["openjdk-17-jdk"]),
        (["openjdk-17-jdk-headless", "git"], ["openjdk-17-jdk-headless", "git"]),
        (["git"], ["default-jdk", "git"]),
    ],
)
def test_the_author_chooses_the_jdk(name, packages, expected):
    expanded = expand(executable=["mvnw"], **with_part(name, build_packages=packages))
    assert part(expanded, name)["build-packages"] == expected


def test_the_runtime_is_made_of_what_the_jar_needs():
    made = part(expand(), "runtime")
    assert (made["plugin"], made["after"]) == ("jlink", ["spring-boot-framework/install-app"])


def test_on_bare_there_are_the_libraries_of_java_a_shell_and_a_folder_for_temporary_files():
    bare, ubuntu = expand(), expand(base="ubuntu@24.04", build_base=None)
    assert "libc6_libs" in part(bare, "install-app")["stage-packages"]
    assert {"bash_bins", "base-files_tmp"} <= set(part(bare, "runtime")["stage-packages"])
    for name in ("install-app", "runtime"):
        assert "stage-packages" not in part(ubuntu, name)


def test_s04_logs_can_be_shipped_as_of_other_rocks():
    assert part(expand(), "logging") == rocks.part(rocks.expand_go(), "logging", "go")


def test_the_applications_folder_belongs_to_the_user_of_the_services():
    owner = {"owner": 584792, "group": 584792}
    assert part(expand(), "base-layout")["permissions"] == [{"path": "app", **owner}]
    assert part(expand(), "install-app")["permissions"] == [{"path": "app*", **owner}]


# --- what Gradle is told before ---


def test_a_script_for_gradle_runs_before_the_build_and_is_not_packed():
    written = with_part("gradle-init-script", override_build="cp ./*init.gradle* $CRAFT_STAGE/")
    expanded = expand(GRADLE, **written)
    script, made = part(expanded, "gradle-init-script"), part(expanded, "install-app")
    assert (script["plugin"], script["prime"]) == ("nil", [])
    assert script["override-build"] == "cp ./*init.gradle* $CRAFT_STAGE/"
    assert made["after"] == ["spring-boot-framework/gradle-init-script"]
    assert made["build-environment"] == [{"GRADLE_USER_HOME": "$CRAFT_PART_BUILD/.gradle"}]
    copied, default, _ = made["override-build"].partition("craftctl default")
    assert default
    assert "init.gradle" in copied


def test_without_such_a_step_there_is_no_such_part():
    assert part(expand(GRADLE), "gradle-init-script") is None


# --- what goes along ---


def test_of_the_default_names_those_that_are_there_go_along():
    made = part(expand(there=["migrate.sh", "static/a.css"]), "assets")
    assert made["organize"] == {"migrate.sh": "app/migrate.sh"}


def test_s12_what_goes_along_belongs_to_the_user_of_the_services():
    made = part(expand(there=["migrate.sh"]), "assets")
    assert made["permissions"] == [{"owner": 584792, "group": 584792}]


def test_without_any_there_is_no_such_part_as_assets():
    assert part(expand(), "assets") is None


# --- what is wrong ---


@pytest.mark.parametrize(
    ("project", "what"),
    [
        (seen({}), "pom.xml: is missing, and so is build.gradle; write one of"),
        (seen({**MAVEN, **GRADLE}), "pom.xml: is there and build.gradle as well"),
        (seen({**MAVEN, **KOTLIN}), "pom.xml: is there and build.gradle.kts as well"),
        (seen(executable=["mvnw", "gradlew"]), "mvnw: is there and gradlew as well"),
        (seen(there=["mvnw"]), "mvnw: cannot be executed, so nothing is built; chmod +x mvnw"),
        (seen(GRADLE, there=["gradlew"]), "gradlew: cannot be executed"),
        (
            projects.Project(
                paths=frozenset({"pom.xml"}), texts={}, unreadable={"pom.xml": "it is a folder"}
            ),
            "pom.xml: cannot be read: it is a folder",
        ),
    ],
)
def test_a_project_that_makes_no_jar_is_told(project, what):
    expanded = rock.expand(project, rocks.head(extensions=[SUITE.name]))
    (line,) = rocks.told(expanded)
    assert line.startswith(what)
    assert list(map(str, SUITE.code().entry_point(project, "x").findings)) == [line]


def test_a_script_for_gradle_where_maven_builds_is_told():
    (line,) = rocks.told(expand(**with_part("gradle-init-script", override_build="true")))
    assert line.startswith(
        "rockcraft.yaml: parts.spring-boot-framework/gradle-init-script: is for"
    )


@pytest.mark.parametrize("base", [{}, {"base": "ubuntu@24.04", "build_base": None}])
def test_it_is_experimental_in_the_first_generation_too(base):
    (warning,) = rocks.warned(expand(**base))
    assert "experimental" in warning


# --- init and check ---


@pytest.mark.parametrize(
    ("texts", "there", "certainty"),
    [
        (MAVEN, [], "likely"),
        (MAVEN, ["src/main/java/App.java"], "sure"),
        (GRADLE, ["src/main/kotlin/App.kt"], "sure"),
        (KOTLIN, [], "likely"),
    ],
)
def test_an_application_is_recognised_by_what_its_build_names(texts, there, certainty):
    found = detect.detect(seen(texts, there)).detection
    assert found is not None
    assert (found.suite, found.certainty) == (SUITE, certainty)


@pytest.mark.parametrize("texts", [{}, PLAIN])
def test_another_application_in_java_is_not_recognised(texts):
    assert detect.detect(seen(texts, ["src/main/java/App.java"])).detection is None


@pytest.fixture
def checked(tmp_path):
    """Check a project that `init` has written, with more files; return what a row says."""

    def checked(what, **more):
        texts = {**MAVEN, **more}
        for half, inside in (("rock", ""), ("charm", "charm")):
            base = profile.default_base(SUITE, half)
            files = profile.files(SUITE, half, name="my-web", base=base)
            texts |= {f"{inside}/{path}".lstrip("/"): file.text for path, file in files.items()}
        for path, text in texts.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        (tmp_path / "charm" / "src" / "charm.py").chmod(0o755)
        (row,) = [row for row in check.check(tmp_path).rows if row.what == what]
        return row

    return checked


def test_the_entry_point_is_the_jar(checked):
    row = checked("entry point")
    assert (row.result, row.detail) == ("ok", "java -jar *.jar in pom.xml")


def test_the_file_of_the_build_says_what_it_needs(checked):
    assert checked("requirements").detail == "pom.xml"


def test_a_migration_gets_into_the_rock(checked):
    row = checked("migration", **{"migrate.sh": ""})
    assert (row.result, row.detail) == ("ok", "migrate.sh runs before the start")


def test_a_wrapper_may_be_started_as_the_disk_has_it(checked, tmp_path):
    checked("entry point", mvnw="#!/bin/sh\n")
    (told,) = check.check(tmp_path).errors
    assert told.file == "mvnw"
    (tmp_path / "mvnw").chmod(0o755)
    assert check.check(tmp_path).errors == ()
