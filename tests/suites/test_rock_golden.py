"""Whole expansions of rocks, each kept for one rule of the published extensions.

`PAAS_GOLDEN=write pytest tests/suites/test_rock_golden.py` writes them again; then look at the
difference. Sections are those of the contract of the suites, as are rules like S-08.
"""

from __future__ import annotations

import os
import pathlib
import textwrap

import pytest

from paas_app_charmer.suites import document

from . import rocks

FOLDER = pathlib.Path(__file__).parent / "golden"
ALL_OF_FLASK = ("migrate.sh", "static/a.css", "templates/a.html", "web/a.py", ".env", "venv/bin")

REASONS = {
    "flask-bare-24.04": (
        "Section 4: all seven parts of a bare rock. The interpreter is a slice of its build "
        "base; a shell, certificates and a directory for temporary files (mode 1777, S-05) "
        "are staged. The files of gunicorn and the exporter travel inside (S-08). Of the "
        "default names those that are there are taken (4.2)."
    ),
    "flask-ubuntu-24.04": (
        "Sections 4.1 and 4.2: on Ubuntu there is no part runtime-libs, the interpreter is "
        "its own, and the certificates are left out of the dependencies as runtime brings "
        "them."
    ),
    "django-bare-24.04": (
        "Section 4.3: the folder named like the project goes in whole, without its database; "
        "the module of the entry point is counted from it; paths and metrics bear django's "
        "name."
    ),
    "flask-prime-inclusion": (
        "Section 4.2: a list of the author replaces the default names. A package joins the "
        "dependencies (section 8), whose interpreter then is a package too, as no part can have "
        "slices and packages. There is a worker, and gevent."
    ),
    "flask-prime-exclusion": (
        "Section 4.2: with an exclusion in front everything at the project's root is taken "
        "but what is never the application (S-10), and the author's list decides what stays."
    ),
    "flask-ubuntu-22.04": (
        "Section 1: a single colon counts as @; on 22.04 the parts are those of 24.04."
    ),
    "flask-ubuntu-26.04": (
        "Section 1: the second generation of a rock has the same parts and services as the first."
    ),
    "django-ubuntu-26.04": ("Sections 1 and 4.3: django on the second generation's base."),
    "fastapi-bare-24.04": (
        "Section 4.4: uvicorn, which listens for everybody, without exporter and without files of "
        "its own. The list of what goes into the rock leaves out what is not asked for, and there "
        "is no list of what is packed."
    ),
    "fastapi-ubuntu-26.04": ("Sections 1 and 4.4: FastAPI on the second generation's base."),
    "go-bare-24.04": (
        "Section 4.5: the program is built without C and put on the path; what goes along with it "
        "belongs to the user of the services (S-12). There is a folder for temporary files (S-05)."
    ),
    "go-ubuntu-26.04": (
        "Section 4.5: the second generation; on Ubuntu the program may use C. Nothing goes along "
        "with it, so there is no part for that."
    ),
    "go-own-program": (
        "Section 4.5: an author who names the program, the toolchain and the files that go along."
    ),
    "spring-boot-bare-24.04": (
        "Section 4.7: Maven makes the jar, and of the jars beside it none is staged; Java is made "
        "for what the jar needs. Logs can be shipped (S-04), and the application's folder belongs "
        "to the user of the services (S-12)."
    ),
    "spring-boot-ubuntu-26.04": (
        "Section 4.7: the second generation. Gradle makes the jar behind a script of the "
        "author's, with a JDK of the author's choice. On Ubuntu the libraries and the shell are "
        "there."
    ),
    "expressjs-bare-24.04": (
        "Section 4.6: npm installs the application, and the packages of its lock file, where /app "
        "leads to; all of it belongs to the user of the services. The base has a shell and a "
        "folder for temporary files (S-05), and Node.js comes with npm."
    ),
    "expressjs-ubuntu-26.04": (
        "Sections 1 and 4.6: the second generation; on Ubuntu there is a shell."
    ),
    "expressjs-own-node": (
        "Section 4.6: with a Node.js of the author's choice that of the base is left out."
    ),
    "django-own-install-app": (
        "Section 4.3: of a part that the author names the extension contributes the owner only."
    ),
}
CASES = {
    "flask-bare-24.04": lambda: rocks.expand(rocks.FLASK, ALL_OF_FLASK),
    "flask-ubuntu-24.04": lambda: rocks.expand(base="ubuntu@24.04", build_base=None),
    "flask-ubuntu-22.04": lambda: rocks.expand(base="ubuntu:22.04", build_base=None),
    "flask-ubuntu-26.04": lambda: rocks.expand(base="ubuntu@26.04", build_base=None),
    "django-bare-24.04": rocks.expand_django,
    "fastapi-bare-24.04": lambda: rocks.expand_fastapi(rocks.FASTAPI, ALL_OF_FLASK),
    "fastapi-ubuntu-26.04": lambda: rocks.expand_fastapi(base="ubuntu@26.04", build_base=None),
    "django-ubuntu-26.04": lambda: rocks.expand_django(base="ubuntu@26.04", build_base=None),
    "flask-prime-inclusion": lambda: rocks.expand(
        {**rocks.FLASK, "requirements.txt": "flask\ngevent"},
        ALL_OF_FLASK,
        services={
            "my-web-worker": {
                "override": "replace",
                "startup": "enabled",
                "user": "_daemon_",
                "working-dir": "/flask/app",
                "command": "/bin/python3 -m web.worker",
            }
        },
        parts={
            "flask-framework/install-app": {
                "prime": ["flask/app/app.py", "flask/app/web", "flask/app/static"]
            },
            "flask-framework/dependencies": {"stage-packages": ["libpq-dev"]},
        },
    ),
    "flask-prime-exclusion": lambda: rocks.expand(
        rocks.FLASK,
        [*ALL_OF_FLASK, "rockcraft.yaml", "charm/charmcraft.yaml", ".git"],
        parts={"flask-framework/install-app": {"prime": ["-flask/app/.env"]}},
    ),
    "go-bare-24.04": lambda: rocks.expand_go(rocks.GO, ["migrate.sh", "templates/a.html"]),
    "go-ubuntu-26.04": lambda: rocks.expand_go(base="ubuntu@26.04", build_base=None),
    "go-own-program": lambda: rocks.expand_go(
        {"go.mod": "module example.com/shop\n", "cmd/server/main.go": "package main\n"},
        ["migrate.sh", "words/a.txt"],
        parts={
            "go-framework/install-app": {
                "build-snaps": ["go/1.26/stable"],
                "organize": {"bin/server": "usr/local/bin/my-web"},
            },
            "go-framework/assets": {"stage": ["app/words"]},
        },
    ),
    "spring-boot-bare-24.04": lambda: rocks.expand_spring_boot(others=["migrate.sh"]),
    "spring-boot-ubuntu-26.04": lambda: rocks.expand_spring_boot(
        {"build.gradle": ""},
        base="ubuntu@26.04",
        build_base=None,
        parts={
            "spring-boot-framework/gradle-init-script": {
                "override-build": 'cp ./*init.gradle* "$CRAFT_STAGE/"\n'
            },
            "spring-boot-framework/install-app": {"build-packages": ["openjdk-21-jdk"]},
            "spring-boot-framework/runtime": {"build-packages": ["openjdk-21-jdk"]},
        },
    ),
    "expressjs-bare-24.04": rocks.expand_expressjs,
    "expressjs-ubuntu-26.04": lambda: rocks.expand_expressjs(base="ubuntu@26.04", build_base=None),
    "expressjs-own-node": lambda: rocks.expand_expressjs(
        parts={
            "expressjs-framework/install-app": {
                "npm-include-node": True,
                "npm-node-version": "lts/jod",
                "build-environment": [{"npm_config_registry": "https://npm.example.com"}],
            }
        }
    ),
    "django-own-install-app": lambda: rocks.expand_django(
        parts={
            "django-framework/install-app": {
                "plugin": "dump",
                "source": "my_web",
                "organize": {"*": "django/app/"},
                "stage": ["-django/app/tests"],
            }
        }
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_expansion_is_as_it_was(name):
    expanded = CASES[name]()
    assert expanded.errors == ()
    remark = textwrap.fill(REASONS[name], 98, initial_indent="# ", subsequent_indent="# ")
    text = f"{remark}\n{document.dump(expanded.content)}"
    file = FOLDER / f"{name}.yaml"
    if os.environ.get("PAAS_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


def test_no_file_is_left_over():
    assert {file.stem for file in FOLDER.iterdir()} == CASES.keys()
