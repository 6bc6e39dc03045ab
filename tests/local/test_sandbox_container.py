"""The file system of a container."""

from __future__ import annotations

import pytest

PREAMBLE = """
def shell(container, text, **rest):
    rest = {"env": {"PATH": "/usr/local/bin:/usr/bin:/bin"}, **rest}
    process = container.spawn(["/bin/sh", "-c", text], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **rest)
    return process.communicate()[0].decode().strip()
"""


@pytest.fixture
def see(inside_as):
    """Run a shell command in a view and return what it prints."""

    def see(view: str, text: str, **rest: object) -> str:
        done = inside_as.run(
            PREAMBLE
            + f"""
def main():
    with sandbox.build(sandbox.View({view})) as container:
        print(shell(container, {text!r}, **{rest!r}))
    return 0
"""
        )
        assert done.stderr == ""
        return done.stdout.strip()

    return see


@pytest.mark.parametrize("place", ["/usr/new", "/etc/new", "/etc/passwd", "/usr/bin/new"])
def test_the_hosts_folders_cannot_be_written(see, place):
    assert "cannot create" in see("", f"echo >> {place}")


@pytest.mark.parametrize("place", ["/tmp", "/var/tmp", "/var/log", "/flask"])
def test_its_own_folders_are_empty_and_can_be_written(see, place):
    listed = see("folders=('/flask',)", f"ls -A {place}; touch {place}/new; ls -A {place}")
    assert listed == "new"


def test_its_tmp_is_open_to_all_users(see):
    assert see("", "stat -c %a /tmp") == "1777"


def test_a_writable_folder_is_the_hosts(see, inside_as):
    see("writable={'/flask/app': folder}", "echo text > /flask/app/new")
    assert (inside_as.folder / "new").read_text() == "text\n"


def test_a_readable_folder_cannot_be_written(see):
    assert "Read-only" in see("readable={'/flask/app': folder}", "touch /flask/app/new")


def test_a_readable_file_appears_where_there_was_nothing(see):
    view = "readable={'/charm/bin/pebble': pathlib.Path('/etc/hostname')}"
    assert see(view, "cmp /charm/bin/pebble /etc/hostname && echo same") == "same"


def test_a_project_below_tmp_is_seen_at_its_own_path(see, inside_as):
    inside_as.folder.joinpath("app.py").touch()
    assert see("writable={str(folder): folder}", f"ls {inside_as.folder}") == "app.py"


def test_a_file_covers_the_hosts(see):
    view = "files={'/etc/hostname': sandbox.File(text='other')}"
    assert see(view, "cat /etc/hostname; stat -c ' %a' /etc/hostname") == "other 644"


def test_a_file_can_be_added_where_the_host_has_a_folder(see):
    view = "files={'/var/lib/pebble/default/layers/001-app.yaml': sandbox.File(text='{}')}"
    text = "cat /var/lib/pebble/default/layers/001-app.yaml; ls /var/lib | wc -l"
    layer, entries = see(view, text).split("}")
    assert layer == "{"
    assert int(entries) > 1  # the others are still there


def test_a_command_comes_before_the_hosts_under_every_path(see):
    view = "commands={'env': sandbox.File(text='#!/bin/sh\\necho ours\\n', mode=0o755)}"
    assert see(view, "env; /usr/bin/env; /bin/env; ls / > /tmp/x && echo host") == (
        "ours\nours\nours\nhost"
    )


def test_a_command_can_be_a_link(see):
    assert see("commands={'list': '/bin/ls'}", "list -d /usr") == "/usr"


def test_a_program_gets_the_environment_it_is_given_and_nothing_else(see):
    assert see("", "env | grep -v PWD | sort", env={"A": "1", "PATH": "/bin"}) == "A=1\nPATH=/bin"


def test_a_program_starts_in_the_folder_it_is_given(see):
    assert see("folders=('/flask/app',)", "pwd", cwd="/flask/app") == "/flask/app"


def test_a_program_keeps_the_users_ids(see, inside_as):
    uid = inside_as.folder.stat().st_uid
    assert see("", "id -u") == str(uid)


def test_a_program_that_is_not_there_is_an_error_that_names_it(inside):
    done = inside.run("""
def main():
    with sandbox.build(sandbox.View()) as container:
        try:
            container.spawn(["/no/such/program"], env={})
        except FileNotFoundError as error:
            print(error.filename)
    return 0
""")
    assert done.stdout == "/no/such/program\n"


def test_a_folder_that_is_not_there_is_an_error_that_names_it(inside):
    done = inside.run(
        """
def main():
    with sandbox.build(sandbox.View()) as container:
        try:
            container.spawn(["/bin/true"], env={}, cwd="/no/such/folder")
        except errors.LocalError as error:
            print(error)
    return 0
""",
        modules="errors, sandbox",
    )
    assert done.stdout == "/bin/true cannot be started in /no/such/folder\n"


def test_two_containers_do_not_see_each_others_files(inside_as):
    done = inside_as.run(
        PREAMBLE
        + """
def main():
    one, two = sandbox.build(sandbox.View()), sandbox.build(sandbox.View())
    shell(one, "touch /tmp/of-one")
    print(repr(shell(one, "ls /tmp")), repr(shell(two, "ls /tmp")))
    return 0
"""
    )
    assert done.stdout == "'of-one' ''\n"


def test_kill_ends_every_process_of_one_container_and_no_other(inside_as):
    done = inside_as.run(
        PREAMBLE
        + """
def main():
    one, two = sandbox.build(sandbox.View()), sandbox.build(sandbox.View())
    for container in (one, two):
        shell(container, "setsid sleep 1000 > /dev/null 2>&1 &")
    one.kill()
    time.sleep(0.1)
    return shell(two, "ps -e").count("sleep")
"""
    )
    assert (done.returncode, done.stderr) == (1, "")


def test_a_view_that_cannot_be_made_is_refused_with_the_reason(inside):
    done = inside.run(
        """
def main():
    try:
        sandbox.build(sandbox.View(writable={"/x": pathlib.Path("/no/such/folder")}))
    except errors.LocalError as error:
        print(error)
    return 0
""",
        modules="errors, sandbox",
    )
    assert "/no/such/folder" in done.stdout


def test_as_root_a_program_can_be_started_as_somebody_else(inside):
    done = inside.run("""
def main():
    user = 65534 if os.geteuid() == 0 else None
    with sandbox.build(sandbox.View()) as container:
        process = container.spawn(["/usr/bin/id", "-u"], env={}, stdout=subprocess.PIPE, user=user)
        print(int(process.communicate()[0]) != 0)
    return 0
""")
    assert done.stdout == "True\n"
