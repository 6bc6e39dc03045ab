"""A MariaDB server: programs, data folder, and databases for the application."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import typing

from paas_app_charmer.local import cache, errors, ports, sandbox

from . import _server

if typing.TYPE_CHECKING:
    from collections.abc import Sequence

    from . import Context

_DATA = "/var/lib/paas-mysql"
_TEMPLATES = "/var/cache/paas-mysql"
_MAIN = "main"
_SERIES = "series"
_SOCKET = "/tmp/mysqld.sock"  # noqa: S108  the container's own, so that nobody else reaches it
_ACCESS = "/opt/paas-mysql/access.sql"
_NOBODY = 65534
"""As root it would run with root's rights."""

# A new data folder has administrators without password for every address of this machine. The one
# that stays is for the socket.
_ONE_ADMINISTRATOR = """\
DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';
FLUSH PRIVILEGES;
"""
_ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "HOME": "/tmp"}  # noqa: S108
_SIZES = ("--innodb-log-file-size=16M",)
"""The default log alone is 96 MB on disk."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Programs:
    """The programs of one version."""

    server: str
    client: str
    installer: str
    version: str
    """For example `10.11.19`."""

    @property
    def series(self) -> str:
        """The part of the version that data keep to."""
        return ".".join(self.version.split(".")[:2])


class MariaDB:
    """A running server."""

    def __init__(
        self, home: sandbox.Container, programs: Programs, server: _server.Server, port: int
    ) -> None:
        self._home = home
        self._client = programs.client
        self.version = programs.version
        self.server = server
        self.port = port

    def make_database(self, database: str, *, user: str, password: str) -> None:
        """Make the user and a database of its own, or bring them in line; about 30 ms."""
        command = [self._client, "--no-defaults", f"--socket={_SOCKET}", "--user=root", "--batch"]
        _run(self._home, command, _statements(database, user=user, password=password))


def find() -> Programs:
    """Return the programs of this machine. Raises LocalError."""
    # Debian keeps servers where ordinary users do not look for programs.
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
    found = [
        shutil.which(name, path=path) for name in ("mariadbd", "mariadb", "mariadb-install-db")
    ]
    server, client, installer = found
    if not server or not client or not installer:
        raise errors.LocalError(
            "MariaDB is needed: `apt install mariadb-server` (or your system's package of it). "
            "The service that the package starts is not used and may be switched off. "
            "Or name a MySQL server that runs already: --url mysql://USER:PASSWORD@HOST/DATABASE"
        )
    told = subprocess.run([server, "--version"], capture_output=True, text=True, check=True)
    version = re.search(r"Ver (\d+(\.\d+)+)", told.stdout)
    return Programs(
        server=server,
        client=client,
        installer=installer,
        version=version[1] if version else told.stdout.strip(),
    )


def start(folder: pathlib.Path, context: Context) -> MariaDB:
    """Start a server on the data in `folder`, which are made if they are not there."""
    programs = find()
    data, templates = folder / "data", cache.folder() / "mariadb"
    for place in (data, templates):
        place.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(place, _NOBODY, _NOBODY)
    home = sandbox.build(
        sandbox.View(
            writable={_DATA: data, _TEMPLATES: templates},
            files={_ACCESS: sandbox.File(text=_ONE_ADMINISTRATOR)},
        )
    )
    port = ports.remembered(folder / "port")
    _make_data(home, programs, data, templates, context)
    process = home.spawn(
        [programs.server, *_settings(port)],
        env=_ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        user=_user(),
    )
    server = _server.Server("MariaDB", process, ready="ready for connections", log=context.log)
    server.wait_ready()
    return MariaDB(home, programs, server, port)


def _settings(port: int) -> list[str]:
    return [
        "--no-defaults",
        f"--datadir={_DATA}/{_MAIN}",
        f"--socket={_SOCKET}",
        f"--pid-file={_SOCKET}.pid",
        f"--bind-address={ports.LOOPBACK}",
        f"--port={port}",
        "--skip-name-resolve",
        f"--init-file={_ACCESS}",
        "--character-set-server=utf8mb4",
        "--log-warnings=1",
        *_SIZES,
    ]


def _make_data(
    home: sandbox.Container,
    programs: Programs,
    data: pathlib.Path,
    templates: pathlib.Path,
    context: Context,
) -> None:
    note = data / _SERIES
    if not (data / _MAIN).exists():
        name = f"{programs.version}-{_user() or os.geteuid()}"
        with cache.lock("mariadb", context.progress):
            if not (templates / name).exists():
                context.progress("Making the system tables of MariaDB (once on this machine)")
                _make_template(home, programs, name)
        # A thirtieth of the time that making them takes.
        _run(home, ["/bin/rm", "-rf", f"{_DATA}/new"])
        _run(home, ["/bin/cp", "-a", f"{_TEMPLATES}/{name}", f"{_DATA}/new"])
        note.write_text(f"{programs.series}\n")
        _run(home, ["/bin/mv", f"{_DATA}/new", f"{_DATA}/{_MAIN}"])
    made_by = note.read_text().strip()
    if made_by != programs.series:
        raise errors.LocalError(
            f"{data} was made by MariaDB {made_by}, but here is {programs.version}: "
            "start anew with `run --clean`, or bring the older one back."
        )


def _make_template(home: sandbox.Container, programs: Programs, name: str) -> None:
    new = f"{_TEMPLATES}/{name}.new"
    _run(home, ["/bin/rm", "-rf", new])
    _run(
        home,
        [
            *(programs.installer, "--no-defaults", f"--datadir={new}", "--skip-test-db"),
            *("--auth-root-authentication-method=normal", "--skip-name-resolve", *_SIZES),
        ],
    )
    _run(home, ["/bin/mv", new, f"{_TEMPLATES}/{name}"])


def _run(home: sandbox.Container, command: Sequence[str], text: str = "") -> None:
    process = home.spawn(
        command,
        env=_ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        user=_user(),
    )
    told, _ = process.communicate(text.encode())
    if process.returncode != 0:
        name = command[0].rpartition("/")[2]
        reason = "; ".join(told.decode(errors="replace").strip().splitlines()[-3:])
        raise errors.LocalError(f"MariaDB: {name} failed: {reason}")


def _user() -> int | None:
    return _NOBODY if os.geteuid() == 0 else None


def _statements(database: str, *, user: str, password: str) -> str:
    account = f"{_literal(user)}@'%'"
    # In a grant, unlike elsewhere, two characters of a name stand for any others.
    pattern = re.sub(r"([\\_%])", r"\\\1", database)
    return f"""
CREATE DATABASE IF NOT EXISTS {_identifier(database)};
CREATE USER IF NOT EXISTS {account};
ALTER USER {account} IDENTIFIED BY {_literal(password)};
GRANT ALL ON {_identifier(pattern)}.* TO {account};
"""


def _identifier(name: str) -> str:
    doubled = name.replace("`", "``")
    return f"`{doubled}`"


def _literal(text: str) -> str:
    doubled = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
