"""Java applications, built here as the parts of their rock say."""

from __future__ import annotations

import pathlib
import re
import subprocess

import pytest

from paas_app_charmer.local import builds, errors, java, watch
from paas_app_charmer.local.builds import gradle, jlink, maven

POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId>
  <artifactId>shop</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source>
    <maven.compiler.target>17</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <build>
    <plugins>
      <plugin>
        <artifactId>maven-jar-plugin</artifactId>
        <configuration>
          <archive><manifest><mainClass>shop.Shop</mainClass></manifest></archive>
        </configuration>
        <executions>
          <execution>
            <id>plain</id>
            <goals><goal>jar</goal></goals>
            <configuration><classifier>plain</classifier></configuration>
          </execution>
        </executions>
      </plugin>
    </plugins>
  </build>
</project>
"""
SOURCE = "src/main/java/shop/Shop.java"
WORDS = "src/main/resources/words.txt"
CODE = """\
package shop;

class Shop {
  public static void main(String[] arguments) throws Exception {
    var words = Shop.class.getResourceAsStream("/words.txt");
    System.out.println(words == null ? "nothing" : new String(words.readAllBytes()).strip());
  }
}
"""
PROJECT = {"pom.xml": POM, SOURCE: CODE, WORDS: "open\n"}
WRAPPER = """\
#!/bin/sh
echo built >> ../times
mkdir -p target
(echo "$@"; echo "$SALE"; find src -type f) > target/shop-1.jar
"""
"""Stands for Maven, whose every build takes seconds: the jar says what it was made with."""

pytestmark = pytest.mark.timeout(400)  # the first time on a machine Maven fetches its plug-ins


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    write(folder, PROJECT)
    return folder


@pytest.fixture
def order(project, tmp_path):
    """Return the order of a part whose source is the project."""

    def order(**part: object) -> builds.Order:
        return builds.Order(
            name="spring-boot-framework/install-app",
            part={
                "plugin": "maven",
                "source": ".",
                "organize": {"**/*.jar": "app/"},
                "stage": ["-app/*-plain.jar"],
                **part,
            },
            project=project,
            state=tmp_path / "state",
            progress=lambda _: None,
        )

    return order


@pytest.fixture
def by_wrapper(project, order):
    """Return the order of a part that is built by the project's wrapper."""
    write(project, {"mvnw": WRAPPER})
    (project / "mvnw").chmod(0o755)

    def by_wrapper(**part: object) -> builds.Order:
        return order(**{"maven-use-wrapper": True}, **part)

    return by_wrapper


def write(folder: pathlib.Path, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def said(made: builds.Made) -> str:
    (jar,) = made.readable.values()
    command = [str(java.find("java")), "-jar", str(jar)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def lines(made: builds.Made) -> list[str]:
    """What the wrapper has written into the jar."""
    (jar,) = made.readable.values()
    return jar.read_text().splitlines()


def times(order: builds.Order) -> int:
    return len((order.folder / "times").read_text().splitlines())


# --- maven ---


def test_the_jar_is_built_and_put_where_the_rock_has_it_and_none_beside_it(project, order):
    made = maven.build(order())
    assert set(made.readable) == {"/app/shop-1.jar"}
    assert said(made) == "open\n"
    assert not (project / "target").exists()


def test_what_was_removed_from_the_project_is_not_in_the_next_jar(project, order):
    maven.build(order())
    (project / WORDS).unlink()
    assert said(maven.build(order())) == "nothing\n"


def test_code_that_cannot_be_built_leaves_the_jar_before_and_is_tried_again(project, order):
    before = maven.build(order())
    write(project, {SOURCE: CODE.replace("words == null", "words = null")})
    for _ in range(2):
        with pytest.raises(errors.LocalError) as caught:
            maven.build(order())
    told = str(caught.value)
    assert "install-app cannot be built:" in told
    assert f"{SOURCE}:[6," in told
    assert "Help 1" not in told
    assert said(before) == "open\n"


def test_nothing_new_is_not_built_again(by_wrapper):
    maven.build(by_wrapper())
    maven.build(by_wrapper())
    assert times(by_wrapper()) == 1


def test_a_changed_file_is_built_and_the_jar_that_may_be_running_is_not_written_over(
    project, by_wrapper
):
    (before,) = maven.build(by_wrapper()).readable.values()
    with before.open() as running:
        write(project, {WORDS: "closed\n", "src/new.txt": ""})
        made = maven.build(by_wrapper())
        assert "src/new.txt" not in running.read()
    assert "src/new.txt" in lines(made)


def test_parameters_and_variables_of_the_part_reach_maven(by_wrapper):
    maven.build(by_wrapper())
    part = {"maven-parameters": ["-Psale"], "build-environment": [{"SALE": "half"}]}
    command, variable, *_ = lines(maven.build(by_wrapper(**part)))
    assert command.endswith("package -Psale")
    assert variable == "half"


def test_other_variables_build_again(by_wrapper):
    maven.build(by_wrapper())
    made = maven.build(by_wrapper(**{"build-environment": [{"SALE": "half"}]}))
    assert lines(made)[1] == "half"


def test_tests_are_the_authors_to_run(by_wrapper):
    assert "-Dmaven.test.skip=true" in lines(maven.build(by_wrapper()))[0]


def test_a_package_may_be_called_like_the_folder_that_maven_writes_to(project, by_wrapper):
    write(project, {"src/main/java/target/Aim.java": "", "target/old.txt": "", ".paas/x.java": ""})
    found = lines(maven.build(by_wrapper()))
    assert "src/main/java/target/Aim.java" in found
    assert not (by_wrapper().folder / "source" / "target" / "old.txt").exists()
    assert not (by_wrapper().folder / "source" / ".paas").exists()


def test_a_build_without_a_jar_is_told(project, by_wrapper):
    write(project, {"mvnw": "#!/bin/sh\n"})
    with pytest.raises(errors.LocalError, match="install-app makes no jar"):
        maven.build(by_wrapper())


def test_where_there_is_no_maven_it_is_told_how_to_get_it(order, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(java.find("javac").parents[1]))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.LocalError, match=r"the package maven\), or add its wrapper"):
        maven.build(order())


@pytest.mark.parametrize("build", [maven.build, jlink.build])
def test_where_there_is_no_jdk_it_is_told_how_to_get_one(order, monkeypatch, tmp_path, build):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.LocalError, match=r"install a JDK .* the package default-jdk"):
        build(order())


# --- jlink and gradle ---


@pytest.fixture
def launched(order, tmp_path):
    """Start the `java` that the part brings; return what it prints."""

    def launched(*arguments: str) -> str:
        command = jlink.build(order()).commands["java"]
        launcher = tmp_path / "java"
        launcher.write_text(command.text)
        launcher.chmod(command.mode)
        return subprocess.run(
            [str(launcher), *arguments], capture_output=True, text=True, check=True
        ).stdout

    return launched


def test_java_is_that_of_this_machine(launched, order):
    shown = launched("-XshowSettings:properties", "-XX:+PrintFlagsFinal", "--version")
    assert re.search(r"TieredStopAtLevel\s+= 1 ", shown)
    assert java.find("java").is_relative_to(jlink.build(order()).homes[0])


def test_an_option_of_the_applications_own_counts_more(launched):
    shown = launched("-XX:TieredStopAtLevel=4", "-XX:+PrintFlagsFinal", "--version")
    assert re.search(r"TieredStopAtLevel\s+= 4 ", shown)


def test_java_home_chooses_among_several(launched, monkeypatch, tmp_path):
    write(tmp_path, {"jdk of mine/bin/java": "#!/bin/sh\necho mine\n"})
    (tmp_path / "jdk of mine" / "bin" / "java").chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk of mine"))
    assert launched() == "mine\n"


def test_a_build_with_gradle_is_refused_with_what_to_do_instead(order):
    with pytest.raises(errors.LocalError, match=r"built with Gradle, .* pack the rock"):
        gradle.build(order())


# --- what a change asks for ---


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("pom.xml", watch.Effect.UPGRADE),
        ("src/main/java/shop/Shop.java", watch.Effect.UPGRADE),
        ("src/main/resources/application.properties", watch.Effect.UPGRADE),
        ("src/main/resources/templates/shop.html", watch.Effect.UPGRADE),
        ("src/main/resources/db/migration/V1__shop.sql", watch.Effect.UPGRADE),
        ("target/classes/templates/shop.html", watch.Effect.NOTHING),
        ("README.md", watch.Effect.NOTHING),
    ],
)
def test_a_change_of_what_a_jar_is_built_from_builds_it_again(path, expected):
    assert watch.effect(pathlib.PurePath(path), frozenset(maven.SOURCES)) is expected
