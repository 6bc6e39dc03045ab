"""A PostgreSQL cluster: programs, data folder, server, and one database for the application."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import typing

from paas_app_charmer.local import cache, errors, ports, sandbox

from . import _postgresql_programs, _server

if typing.TYPE_CHECKING:
    from collections.abc import Sequence

    from . import Context

_DATA = "/var/lib/postgresql"
_TEMPLATES = "/var/cache/postgresql"
_SOCKETS = "/tmp"  # noqa: S108  the container's own, so that nobody else reaches it
_ADMIN = "postgres"
_NOBODY = 65534
"""PostgreSQL refuses to run as root, and so does it as somebody whom /etc/passwd does not know."""

_ACCESS = f"""\
local all {_ADMIN} trust
host all all {ports.LOOPBACK}/32 scram-sha-256
"""


class Cluster:
    """A running server."""

    def __init__(
        self,
        home: sandbox.Container,
        programs: _postgresql_programs.Programs,
        server: _server.Server,
        port: int,
    ) -> None:
        self._home = home
        self._programs = programs
        self.server = server
        self.port = port

    @property
    def version(self) -> str:
        """For example `16.14`."""
        return self._programs.version

    def make_database(self, database: str, *, user: str, password: str) -> None:
        """Make the user and a database of its own, or bring them in line; about 30 ms."""
        _run(
            self._home,
            [
                *(f"{self._programs.folder}/psql", "--quiet", "--no-psqlrc", "--host", _SOCKETS),
                *("--port", str(self.port), "--username", _ADMIN, "--set", "ON_ERROR_STOP=1"),
            ],
            _statements(database, user=user, password=password),
        )


def start(folder: pathlib.Path, context: Context) -> Cluster:
    """Start a server on the cluster in `folder`, which is made if it is not there."""
    programs = _postgresql_programs.find()
    data, templates = folder / "data", cache.folder() / "postgresql"
    for place in (data, templates):
        place.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(place, _NOBODY, _NOBODY)
    home = sandbox.build(
        sandbox.View(writable={_DATA: data, _TEMPLATES: templates}, readable=programs.shown)
    )
    port = ports.remembered(folder / "port")
    _make_cluster(home, programs, data, templates, context)
    process = home.spawn(
        [f"{programs.folder}/postgres", *_settings(port)],
        env=_ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        user=_user(),
    )
    server = _server.Server(
        "PostgreSQL",
        process,
        ready="database system is ready to accept connections",
        log=context.log,
        stop_with=signal.SIGINT,  # its "fast" shutdown, which does not wait for clients
    )
    server.wait_ready()
    return Cluster(home, programs, server, port)


_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "HOME": _SOCKETS,
    # The server logs statements that fail; ours hold a password.
    "PGOPTIONS": "-c log_min_error_statement=panic",
}


def _settings(port: int) -> list[str]:
    settings = {
        "data_directory": f"{_DATA}/{_CLUSTER}",
        "listen_addresses": ports.LOOPBACK,
        "port": str(port),
        "unix_socket_directories": _SOCKETS,
        # Other kinds of shared memory are left behind in the host's /dev/shm by a killed run.
        "dynamic_shared_memory_type": "mmap",
        "log_line_prefix": "",
        "lc_messages": "C",
    }
    return [
        *("-D", f"{_DATA}/{_CLUSTER}"),
        *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
    ]


_CLUSTER = "main"


def _make_cluster(
    home: sandbox.Container,
    programs: _postgresql_programs.Programs,
    data: pathlib.Path,
    templates: pathlib.Path,
    context: Context,
) -> None:
    cluster = data / _CLUSTER
    if not (cluster / "PG_VERSION").exists():
        name = f"{programs.version}-{_user() or os.geteuid()}"
        with cache.lock("postgresql", context.progress):
            if not (templates / name).exists():
                _make_template(home, programs, name)
        # A tenth of the time that initdb takes.
        _run(home, ["/bin/cp", "-a", f"{_TEMPLATES}/{name}", f"{_DATA}/new"])
        _run(home, ["/bin/mv", f"{_DATA}/new", f"{_DATA}/{_CLUSTER}"])
    made_by = (cluster / "PG_VERSION").read_text().strip()
    if made_by != programs.version.partition(".")[0]:
        raise errors.LocalError(
            f"{data} was made by PostgreSQL {made_by}, but here is {programs.version}: "
            "start anew with `run --clean`, or bring the older one back."
        )
    # Of a server that was killed. Process numbers begin anew in each run, so the one noted here
    # may be somebody else's now, and nobody but us uses this folder.
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _make_template(
    home: sandbox.Container, programs: _postgresql_programs.Programs, name: str
) -> None:
    new = f"{_TEMPLATES}/{name}.new"
    _run(home, ["/bin/rm", "-rf", new])
    _run(
        home,
        [
            *(f"{programs.folder}/initdb", "-D", new, "--username", _ADMIN, "--no-sync"),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"),
        ],
    )
    _run(home, ["/usr/bin/tee", f"{new}/pg_hba.conf"], _ACCESS)
    _run(home, ["/bin/mv", new, f"{_TEMPLATES}/{name}"])


def _run(home: sandbox.Container, command: Sequence[str], text: str = "") -> None:
    process = home.spawn(
        command,
        env=_ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        user=_user(),
    )
    _, problem = process.communicate(text.encode())
    if process.returncode != 0:
        name = command[0].rpartition("/")[2]
        raise errors.LocalError(f"PostgreSQL: {name} failed: {problem.decode().strip()}")


def _user() -> int | None:
    return _NOBODY if os.geteuid() == 0 else None


def _statements(database: str, *, user: str, password: str) -> str:
    owner = _identifier(user)
    make_user = _literal(f"CREATE ROLE {owner} LOGIN")
    make_database = _literal(f"CREATE DATABASE {_identifier(database)} OWNER {owner}")
    # psql runs what a query that ends in \gexec returns; PostgreSQL itself has no "if not
    # exists" here.
    return f"""
SELECT {make_user}
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {_literal(user)}) \\gexec
ALTER ROLE {owner} PASSWORD {_literal(password)};
SELECT {make_database}
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {_literal(database)}) \\gexec
"""  # noqa: S608  every name and text is quoted


def _identifier(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
