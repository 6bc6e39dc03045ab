"""The stock Charmcraft packs our expansions on this machine, and what it packed runs.

It packs on the host (`--destructive-mode`), which has to be the base. For tests only, a private
mount namespace shows the base's os-release; everything else in it is this machine's, Python too.
The version of the library that the charms ask for is a wheel of this tree.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator

import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[2]
BINDINGS = pathlib.Path("/usr/lib/python3/dist-packages")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
"""Without the Rust toolchain that a developer may have."""
SHOW = 'mount --bind "$0" /etc/os-release && exec "$@"'
UNSHARE = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))
LIBRARY = "paas_app_charmer"
SNAPS = "    build-snaps:\n      - astral-uv\n"
"""Of the second generation; without snapd its one program has to be on PATH."""

pytestmark = pytest.mark.timeout(900)


def uv():
    found = shutil.which("uv", path=os.pathsep.join((sys.prefix + "/bin", os.environ["PATH"])))
    assert found, "uv is missing: make test installs it"
    return found


def ours(*words, folder):
    """Run our own command, and return what it prints."""
    command = [sys.executable, "-m", "paas_app_charmer.cli", *words]
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclasses.dataclass(frozen=True, kw_only=True)
class Packed:
    """A charm, and the file that it was packed from."""

    file: pathlib.Path
    expansion: dict[str, object]

    def names(self) -> set[str]:
        with zipfile.ZipFile(self.file) as archive:
            return set(archive.namelist())

    def document(self, name: str) -> object:
        with zipfile.ZipFile(self.file) as archive:
            return yaml.safe_load(archive.read(name))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([uv(), "build", "--quiet", "--wheel", "-o", folder], cwd=ROOT, check=True)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def pack(tool, stock_charmcraft, wheel, tmp_path_factory):
    """Returns what expands and packs the charm in a folder."""
    bindings = tmp_path_factory.mktemp("apt")
    for found in [*BINDINGS.glob("apt_*.so"), BINDINGS / "apt", BINDINGS / "aptsources"]:
        assert found.exists(), "python3-apt is missing: apt-get install python3-apt"
        (bindings / found.name).symlink_to(found)
    programs = tmp_path_factory.mktemp("programs")
    (programs / "uv").symlink_to(uv())

    def pack(folder: pathlib.Path, version: str) -> Packed:
        (folder / wheel.name).write_bytes(wheel.read_bytes())
        project_file = folder / "charmcraft.yaml"
        expansion = ours("expand", "charm", "charmcraft.yaml", folder=folder)
        assert "extensions:" not in expansion
        project_file.write_text(expansion.replace(SNAPS, ""))
        release = tmp_path_factory.mktemp("os") / "os-release"
        release.write_text(f'ID=ubuntu\nID_LIKE=debian\nNAME="Ubuntu"\nVERSION_ID="{version}"\n')
        done = tool(
            *(UNSHARE[0], *UNSHARE[1:], "sh", "-c", SHOW, str(release)),
            *(str(stock_charmcraft), "pack", "--destructive-mode"),
            folder=folder,
            environment={
                "PATH": f"{programs}:{PATH}",
                "PYTHONPATH": str(bindings),
                "TMPDIR": str(release.parent),
            },
        )
        assert done.code == 0, done.err[-5000:]
        (file,) = folder.glob("*.charm")
        return Packed(file=file, expansion=yaml.safe_load(expansion))

    return pack


@pytest.fixture(scope="module")
def application(tmp_path_factory):
    """The example's application, without its charm."""
    folder = tmp_path_factory.mktemp("postcards")
    left_out = shutil.ignore_patterns("charm", ".paas", "__pycache__")
    shutil.copytree(ROOT / "examples" / "flask", folder, ignore=left_out, dirs_exist_ok=True)
    yield folder
    if (folder / ".paas").exists():
        ours("down", folder=folder)


@pytest.fixture(scope="module")
def charm(pack, wheel, tmp_path_factory):
    """The example's charm, packed."""
    folder = tmp_path_factory.mktemp("charm")
    left_out = shutil.ignore_patterns("__pycache__", "venv", ".tox", "*.charm")
    source = ROOT / "examples" / "flask" / "charm"
    shutil.copytree(source, folder, ignore=left_out, dirs_exist_ok=True)
    (folder / "requirements.txt").write_text(f"./{wheel.name}\n")
    return pack(folder, "24.04")


@pytest.fixture(scope="module")
def second(pack, wheel, tmp_path_factory) -> Iterator[Packed]:
    """A small application with a charm of the second generation, which is packed beside it."""
    folder = tmp_path_factory.mktemp("hello")
    (folder / "requirements.txt").write_text("flask\n")
    hello = "import flask\napp = flask.Flask(__name__)\napp.get('/')(lambda: 'Hello')\n"
    (folder / "app.py").write_text(hello)
    ours("init", "--name", "hello", "--base", "ubuntu@26.04", folder=folder)
    project_file = folder / "charm" / "pyproject.toml"
    text = project_file.read_text().replace(">=3.14", ">=3.10")
    source = f'\n[tool.uv.sources]\npaas-app-charmer = {{ path = "{wheel.name}" }}\n'
    project_file.write_text(text + source)
    (folder / "charm" / wheel.name).write_bytes(wheel.read_bytes())
    lock = [uv(), "lock", "--quiet", "--python", "/usr/bin/python3"]
    subprocess.run(lock, cwd=folder / "charm", check=True)
    yield pack(folder / "charm", "26.04")
    ours("down", folder=folder)


def test_the_packed_charm_has_all_that_juju_looks_for(charm):
    juju_reads = {"metadata.yaml", "config.yaml", "actions.yaml", "manifest.yaml", "dispatch"}
    its_own = {"src/charm.py", f"venv/{LIBRARY}/flask.py", "venv/ops/__init__.py"}
    assert charm.names() >= juju_reads | its_own


def test_the_packed_charm_declares_what_the_expansion_does(charm):
    assert charm.document("config.yaml") == charm.expansion["config"]
    assert charm.document("actions.yaml") == charm.expansion["actions"]
    metadata = charm.document("metadata.yaml")
    keys = ("name", "containers", "resources", "requires", "provides", "peers", "assumes")
    assert {key: metadata[key] for key in keys} == {key: charm.expansion[key] for key in keys}


def test_the_packed_charm_is_for_its_base(charm):
    (base,) = charm.document("manifest.yaml")["bases"]
    assert base == {"name": "ubuntu", "channel": "24.04", "architectures": ["amd64"]}


def test_the_library_is_imported_from_the_charms_own_environment(charm, tmp_path):
    with zipfile.ZipFile(charm.file) as archive:
        archive.extractall(tmp_path)
    asked = f"import {LIBRARY}.flask; print({LIBRARY}.flask.__file__)"
    found = subprocess.check_output(
        ["/usr/bin/python3", "-c", asked],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "venv")},
        text=True,
    )
    assert found.strip() == str(tmp_path / "venv" / LIBRARY / "flask.py")


def test_the_packed_charm_runs_the_application_with_postgresql(charm, application):
    words = ("run", str(charm.file), "--detach", "--config", "greeting-from=Anna")
    url = ours(*words, folder=application).splitlines()[-1]
    with urllib.request.urlopen(url, timeout=10) as response:
        assert response.status == 200
    assert "postgresql://" in ours("env", "--reveal", folder=application)
    unit = application / ".paas" / "units" / "postcards-0" / "charm"
    # Python leaves these where it has imported a module from.
    assert list((unit / "venv" / LIBRARY / "__pycache__").glob("flask.*.pyc"))
    status = json.loads(ours("status", "--json", folder=application))
    assert list(status["applications"]) == ["postcards"]


def test_the_second_generation_is_packed_with_its_own_environment(second):
    (place,) = {name.rpartition("/")[0] for name in second.names() if name.endswith("/flask.py")}
    assert place.startswith("venv/lib/python3.")
    assert second.names() >= {"metadata.yaml", "config.yaml", "dispatch", "src/charm.py"}
    assert "app" in second.document("metadata.yaml")["containers"]


def test_the_second_generation_runs_from_its_packed_charm(second):
    project = second.file.parents[1]
    url = ours("run", str(second.file), "--detach", folder=project).splitlines()[-1]
    with urllib.request.urlopen(url, timeout=10) as response:
        assert response.read() == b"Hello"
    python = project / ".paas" / "units" / "hello-0" / "charm" / "venv" / "bin" / "python"
    assert python.is_symlink()
