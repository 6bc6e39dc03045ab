"""A hook of the zygote runs the library that is on disk, though that was imported long before."""

from __future__ import annotations

import importlib
import shutil
import sys

import pydantic
import pytest

from paas_app_charmer.local import preload

BODY = """
import paas_app_charmer
print("library:", paas_app_charmer.__file__)
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of two modules and a folder, on the path and not imported."""
    folder = tmp_path / "site" / "sample_library"
    (folder / "kinds").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "kinds" / "__init__.py").touch()
    (folder / "kinds" / "one.py").write_text("NAME = 'one'\n")
    (folder / "words.py").write_text("TEXT = 'first'\n")
    (folder / "broken.py").write_text("def\n")
    monkeypatch.syspath_prepend(folder.parent)
    yield folder
    for name in [name for name in sys.modules if name.startswith("sample_library")]:
        del sys.modules[name]


def imported():
    return {name for name in sys.modules if name.startswith("sample_library.")}


def test_all_modules_are_imported_but_those_that_cannot_be(package):
    preload.Package(package.name, ("kinds",))
    assert imported() == {
        *("sample_library.kinds", "sample_library.kinds.one", "sample_library.words")
    }


def test_a_package_that_is_not_there_is_none(tmp_path):
    preload.Package("no_such_library", ("kinds",)).leave_to([tmp_path])


def test_a_hook_gets_what_was_imported_as_long_as_it_is_as_it_was(package, tmp_path):
    library = preload.Package(package.name)
    library.leave_to([tmp_path])
    assert "sample_library.words" in imported()


def test_a_hook_imports_a_changed_library_anew(package, tmp_path):
    library = preload.Package(package.name)
    (package / "words.py").write_text("TEXT = 'second one'\n")
    library.leave_to([tmp_path])
    assert importlib.import_module("sample_library.words").TEXT == "second one"


def test_a_hook_does_without_a_library_that_was_removed(package, tmp_path):
    library = preload.Package(package.name)
    shutil.rmtree(package)
    importlib.invalidate_caches()
    library.leave_to([tmp_path])
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("sample_library.words")


def test_models_are_built_before_a_hook_needs_them(package):
    (package / "models.py").write_text(
        "import pydantic\n"
        "class Late(pydantic.BaseModel):\n"
        "    model_config = pydantic.ConfigDict(defer_build=True)\n"
        "    number: int\n"
    )
    preload.Package(package.name)
    late: type[pydantic.BaseModel] = sys.modules["sample_library.models"].Late
    assert late.__pydantic_complete__


@pytest.mark.parametrize("mode", ["plain", "zygote"])
def test_a_library_among_the_charms_own_files_is_the_one_that_is_used(mode, deploy, tmp_path):
    charm = tmp_path / "charm"
    shutil.copytree(deploy(tmp_path / "unused").charm_dir, charm)
    (charm / "lib" / "paas_app_charmer").mkdir(parents=True)
    (charm / "lib" / "paas_app_charmer" / "__init__.py").touch()
    (charm / "src" / "charm.py").write_text(BODY)
    deployment = deploy(tmp_path / mode, charm, dispatch=mode)
    deployment.engine.add_unit()
    deployment.settle()
    assert deployment.logged("hook")[0].endswith("/charm/lib/paas_app_charmer/__init__.py")
