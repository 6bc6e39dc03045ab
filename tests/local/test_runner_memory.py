"""What the runner itself keeps from run to run."""

from __future__ import annotations

import concurrent.futures

from paas_app_charmer.local import runner_project


def test_services_that_start_at_once_may_save_at_once(tmp_path):
    memory = runner_project.remember(tmp_path)

    def note(number):
        memory.ports[f"endpoint-{number}"] = {"port": number}
        memory.save()

    with concurrent.futures.ThreadPoolExecutor(16) as executor:
        list(executor.map(note, range(200)))
    assert runner_project.remember(tmp_path).ports == memory.ports


def test_what_may_hold_a_password_is_for_its_owner_only(tmp_path):
    memory = runner_project.remember(tmp_path)
    memory.urls["postgresql"] = "postgresql://me:secret@db/app"
    memory.save()
    assert (tmp_path / runner_project.MEMORY).stat().st_mode & 0o777 == 0o600
    assert "secret" not in repr(memory)
    assert runner_project.remember(tmp_path).urls == memory.urls
