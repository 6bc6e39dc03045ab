from __future__ import annotations

import threading

from paas_app_charmer.local import logs


def _line(text, **fields):
    return logs.Line(**{"source": "flask/0", "text": text, **fields})


def test_lines_come_back_in_the_order_of_arrival(tmp_path):
    journal = logs.Journal(tmp_path)
    for text in ("a", "b", "c"):
        journal.add(_line(text))
    number, lines = journal.after(0)
    assert ([line.text for line in lines], number) == (["a", "b", "c"], 3)


def test_only_newer_lines_follow_a_number(tmp_path):
    journal = logs.Journal(tmp_path)
    journal.add(_line("old"))
    number, _ = journal.after(0)
    journal.add(_line("new"))
    assert [line.text for line in journal.after(number)[1]] == ["new"]


def test_a_follower_is_woken_by_a_line(tmp_path):
    journal = logs.Journal(tmp_path)
    writer = threading.Timer(0.05, journal.add, args=(_line("late"),))
    writer.start()
    assert [line.text for line in journal.after(0, wait=5)[1]] == ["late"]


def test_waiting_for_lines_ends_when_there_are_none(tmp_path):
    assert logs.Journal(tmp_path).after(0, wait=0.01) == (0, [])


def test_a_slow_follower_gets_the_newest_lines_that_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "KEPT", 2)
    journal = logs.Journal(tmp_path)
    for text in ("a", "b", "c"):
        journal.add(_line(text))
    assert [line.text for line in journal.after(0)[1]] == ["b", "c"]


def test_lines_of_many_threads_are_all_recorded_whole(tmp_path):
    journal = logs.Journal(tmp_path)

    def write(name):
        for number in range(50):
            journal.add(_line(f"{name}-{number}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorded = [line.text for line in logs.recorded(tmp_path)]
    assert len(recorded) == 200
    assert [text for text in recorded if text.startswith("a")] == [f"a-{n}" for n in range(50)]


def test_what_a_run_wrote_can_be_read_after_it(tmp_path):
    line = _line("it broke", stream="flask", level="ERROR", time=12.5)
    logs.Journal(tmp_path).add(line)
    assert list(logs.recorded(tmp_path)) == [line]


def test_a_line_that_a_killed_runner_left_half_written_is_left_out(tmp_path):
    logs.Journal(tmp_path).add(_line("whole"))
    with (tmp_path / logs.FILE).open("a") as file:
        file.write('{"source": "fla')
    assert [line.text for line in logs.recorded(tmp_path)] == ["whole"]


def test_a_new_run_goes_on_after_a_half_written_line(tmp_path):
    logs.Journal(tmp_path).add(_line("before"))
    with (tmp_path / logs.FILE).open("a") as file:
        file.write('{"source": "fla')
    logs.Journal(tmp_path).add(_line("after"))
    assert [line.text for line in logs.recorded(tmp_path)] == ["before", "after"]


def test_a_large_journal_starts_anew_with_the_next_run(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "FILE_LIMIT", 10)
    logs.Journal(tmp_path).add(_line("before"))
    logs.Journal(tmp_path).add(_line("after"))
    assert [line.text for line in logs.recorded(tmp_path)] == ["after"]


def test_nothing_was_recorded_before_the_first_run(tmp_path):
    assert list(logs.recorded(tmp_path)) == []


def test_lines_are_chosen_by_unit():
    choice = logs.Choice(unit="flask/1")
    assert [choice.takes(_line("x", source=f"flask/{n}")) for n in (0, 1)] == [False, True]


def test_lines_are_chosen_by_service_or_endpoint():
    choice = logs.Choice(service="postgresql")
    assert choice.takes(_line("x", source="postgresql"))
    assert choice.takes(_line("x", stream="postgresql"))
    assert not choice.takes(_line("x", stream="flask"))
