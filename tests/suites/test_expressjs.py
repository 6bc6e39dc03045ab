"""The suite of Express applications: what npm installs, and what starts it."""

from __future__ import annotations

import json

import pytest

from paas_app_charmer.suites import catalogue, check, detect, profile

from . import rocks

FILE = "app/package.json"
SUITE = catalogue.SUITES["expressjs-framework"]
ON_UBUNTU = {"base": "ubuntu@24.04", "build_base": None}
OWN_NODE = {"npm-include-node": True, "npm-node-version": "lts/jod"}


def package(**changes):
    content = {**json.loads(rocks.EXPRESSJS[FILE]), **changes}
    return {FILE: json.dumps({key: one for key, one in content.items() if one is not None})}


def application(texts=rocks.EXPRESSJS, *, part=None, **keys):
    parts = {"expressjs-framework/install-app": part} if part else {}
    expanded = rocks.expand_expressjs(texts, parts=parts, **keys)
    return rocks.part(expanded, "install-app", "expressjs")


def runtime(part=None, **keys):
    parts = {"expressjs-framework/install-app": part} if part else {}
    expanded = rocks.expand_expressjs(parts=parts, **keys)
    return expanded.content["parts"].get("expressjs-framework/runtime", {}).get("stage-packages")


# --- the rock ---


def test_the_service_is_what_npm_starts():
    assert rocks.expand_expressjs().content["services"] == {
        "expressjs": {
            "override": "replace",
            "startup": "enabled",
            "user": "_daemon_",
            "working-dir": "/app",
            "environment": {"NODE_ENV": "production"},
            "command": "npm start",
        }
    }


def test_with_a_command_of_the_author_no_script_is_looked_for():
    given = {"expressjs": {"command": "node server.js"}}
    expanded = rocks.expand_expressjs(package(scripts=None), services=given)
    assert expanded.content["services"]["expressjs"]["command"] == "node server.js"
    assert expanded.findings == ()


def test_the_application_is_linked_to_where_npm_puts_it():
    build = application(package(name="@shop/web"))["override-build"]
    assert 'ln -sf /lib/node_modules/@shop/web "$CRAFT_PART_INSTALL/app"' in build


def test_packages_of_the_developer_are_left_out():
    build = application()["override-build"].splitlines()
    assert build[:2] == ["rm -rf node_modules", "craftctl default"]


@pytest.mark.parametrize(
    ("part", "keys", "packages", "brought", "beside"),
    [
        (
            None,
            {},
            ["nodejs", "npm"],
            ["bash_bins", "ca-certificates_data", "coreutils_bins"],
            ["libstdc++6", "zlib1g", "npm"],
        ),
        (
            OWN_NODE,
            {},
            [],
            ["bash_bins", "ca-certificates_data", "coreutils_bins"],
            ["libstdc++6", "zlib1g"],
        ),
        (None, ON_UBUNTU, ["nodejs", "npm"], ["ca-certificates_data", "nodejs_bins"], ["npm"]),
        (OWN_NODE, ON_UBUNTU, [], ["ca-certificates_data"], None),
    ],
)
def test_node_comes_from_the_base_unless_the_author_has_it_included(
    part, keys, packages, brought, beside
):
    made = application(part=part, **keys)
    assert (made["build-packages"], made["stage-packages"]) == (packages, brought)
    assert runtime(part, **keys) == beside


def test_s05_only_bare_has_to_be_given_a_shell_and_a_folder_for_temporary_files():
    assert 'chmod 1777 "$CRAFT_PART_INSTALL/tmp"' in application()["override-build"]
    assert "/tmp" not in application(**ON_UBUNTU)["override-build"]


def test_variables_of_the_author_s_build_join_ours():
    part = application(part={"build-environment": [{"COLOUR": "blue"}]})
    assert part["build-environment"] == [{"UV_USE_IO_URING": "0"}, {"COLOUR": "blue"}]


# --- what is wrong with a project ---


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({}, "is missing; `npm init` writes it"),
        ({"package.json": "{}"}, "is missing; move the application into `app/`"),
        ({FILE: "[]"}, "is not an object; `npm init` writes one"),
        (package(name=None), 'has no `name`; write for example `"name": "my-app"`'),
        (package(name=5), "has the name `5`, which no package can have"),
        (package(name='a"; reboot; "'), 'has the name `a"; reboot; "`, which no package can have'),
        (package(scripts={"test": "x"}), "has no script `start`, which starts the application"),
        (package(scripts=[]), "has no script `start`, which starts the application"),
        (package(scripts={"start": "  "}), "has no script `start`, which starts the application"),
    ],
)
def test_a_project_that_npm_cannot_start_is_told(texts, told):
    (line,) = rocks.told(rocks.expand_expressjs(texts))
    assert line.startswith(f"{FILE}: {told}")


def test_a_file_that_is_not_json_is_told_with_the_line():
    (line,) = rocks.told(rocks.expand_expressjs({FILE: '{\n  "name": oops\n}'}))
    assert line.startswith(f"{FILE}:2: is not JSON")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"scripts": {"start": "nodemon server.js"}, "devDependencies": {"nodemon": "3"}},
            "starts `nodemon`, which is among `devDependencies` and so not in the rock",
        ),
        ({"version": None}, "has no `version`, without which npm below 10 packs nothing"),
    ],
)
def test_what_may_not_work_in_the_rock_is_told(changes, told):
    expanded = rocks.expand_expressjs(package(**changes))
    assert rocks.told(expanded) == []
    (line,) = rocks.warned(expanded)
    assert line.startswith(f"{FILE}: {told}")


def test_a_program_that_is_also_there_to_run_with_is_in_the_rock():
    tools = {"dependencies": {"next": "1"}, "devDependencies": {"next": "1"}}
    texts = package(scripts={"start": "next start"}, **tools)
    assert rocks.expand_expressjs(texts).findings == ()


# --- init and check ---


@pytest.mark.parametrize(
    ("changes", "certainty"), [({}, "sure"), ({"scripts": {"dev": "node x.js"}}, "likely")]
)
def test_an_application_is_recognised_by_what_it_asks_for(changes, certainty):
    found = detect.detect(rocks.project(package(**changes))).detection
    assert found is not None
    assert (found.suite, found.certainty) == (SUITE, certainty)


@pytest.mark.parametrize(
    "texts",
    [
        {"package.json": rocks.EXPRESSJS[FILE]},
        package(dependencies={"fastify": "5"}),
        package(dependencies=None, devDependencies={"express": "5"}),
        package(dependencies=["express"]),
        {FILE: "express"},
    ],
)
def test_what_is_no_such_application_is_not_recognised(texts):
    assert detect.detect(rocks.project(texts)).detection is None


@pytest.fixture
def checked(tmp_path):
    """Check a project that `init` has written, with more files; return what a row says."""

    def checked(what, texts):
        texts = dict(texts)
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


def test_the_entry_point_is_the_script(checked):
    row = checked("entry point", rocks.EXPRESSJS)
    assert (row.result, row.detail) == ("ok", "start in app/package.json")


def test_package_json_says_what_it_needs(checked):
    assert checked("requirements", rocks.EXPRESSJS).detail == FILE


@pytest.mark.parametrize("files", [None, ["*.js", "migrate.sh"], ["./migrate*"], ["/migrate.sh"]])
def test_a_migration_gets_into_the_rock(checked, files):
    row = checked("migration", {**package(files=files), "app/migrate.sh": ""})
    assert (row.result, row.detail) == ("ok", "app/migrate.sh runs before the start")


@pytest.mark.parametrize("files", [[], ["server.js", "lib"]])
def test_a_migration_that_npm_leaves_out_is_told_where_npm_is_told(checked, files):
    row = checked("migration", {**package(files=files), "app/migrate.sh": ""})
    (told,) = row.findings
    assert (told.file, told.key, told.instead) == (FILE, "files", "add `migrate.sh`")
