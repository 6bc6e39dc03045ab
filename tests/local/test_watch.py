from __future__ import annotations

import pathlib
import threading
import time

import pytest

from paas_app_charmer.local import watch
from paas_app_charmer.local.watch import Effect


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app.py", Effect.RELOAD),
        ("templates/index.html", Effect.RELOAD),
        ("locale/fr/messages.mo", Effect.RELOAD),
        ("migrate.sh", Effect.UPGRADE),
        ("manage.py", Effect.UPGRADE),
        ("shop/migrations/0002_price.py", Effect.UPGRADE),
        ("requirements.txt", Effect.UPGRADE),
        ("charm/src/charm.py", Effect.UPGRADE),
        ("charm/lib/charms/thing/v0/thing.py", Effect.UPGRADE),
        ("src/charm.py", Effect.UPGRADE),
        ("charm/charmcraft.yaml", Effect.UPGRADE),
        ("charm/paas-config.yaml", Effect.UPGRADE),
        ("rockcraft.yaml", Effect.UPGRADE),
        ("db.sqlite3", Effect.NOTHING),
        ("uploads/cat.jpg", Effect.NOTHING),
        ("README.md", Effect.NOTHING),
        (".paas/state.json", Effect.NOTHING),
        (".venv/lib/python3.12/site-packages/flask/app.py", Effect.NOTHING),
        ("__pycache__/app.cpython-312.py", Effect.NOTHING),
        ("charm/.git/hooks/x.py", Effect.NOTHING),
    ],
)
def test_a_changed_file_asks_for(path, expected):
    assert watch.effect(pathlib.PurePath(path)) is expected


def test_two_looks_show_what_was_added_removed_and_written(tmp_path):
    for name in ("stays.py", "goes.py", "grows.py"):
        (tmp_path / name).touch()
    before = watch.snapshot(tmp_path)
    (tmp_path / "goes.py").unlink()
    (tmp_path / "grows.py").write_text("x = 1")
    (tmp_path / "comes.py").touch()
    assert watch.changed(before, watch.snapshot(tmp_path)) == ["comes.py", "goes.py", "grows.py"]


def test_ignored_folders_are_not_looked_into(tmp_path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "app.py").touch()
    assert watch.snapshot(tmp_path) == {}


@pytest.fixture
def watched(tmp_path):
    (tmp_path / "app.py").touch()
    seen, stop = [], threading.Event()
    thread = threading.Thread(
        target=watch.follow,
        args=(tmp_path, lambda *change: seen.append(change), stop),
        kwargs={"interval": 0.05},
    )
    thread.start()
    time.sleep(0.1)
    yield tmp_path, seen
    stop.set()
    thread.join()


def _wait_for(condition):
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_burst_of_changes_is_one_action_with_the_greatest_effect(watched):
    folder, seen = watched
    (folder / "app.py").write_text("x = 1")
    (folder / "migrate.sh").write_text("true")
    _wait_for(lambda: seen)
    time.sleep(0.2)
    assert seen == [(Effect.UPGRADE, ["app.py", "migrate.sh"])]


def test_a_change_after_the_first_is_seen_too(watched):
    folder, seen = watched
    (folder / "app.py").write_text("x = 1")
    _wait_for(lambda: len(seen) == 1)
    (folder / "app.py").write_text("x = 1234")
    _wait_for(lambda: len(seen) == 2)
    assert seen == [(Effect.RELOAD, ["app.py"])] * 2
