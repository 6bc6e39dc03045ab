"""A RabbitMQ server: its programs, its configuration, and all of its processes."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import typing

from paas_app_charmer.local import errors, ports, sandbox

from . import _server

if typing.TYPE_CHECKING:
    from . import Context

PORT = 5672
"""The protocol has no key for another one."""

_DATA = "/var/lib/paas-rabbitmq"
_CONFIGURATION = "rabbitmq.conf"
_OWN = "/tmp/rabbitmq"  # noqa: S108  in the container, and gone with it
_PACKAGED = "/usr/lib/rabbitmq/bin/rabbitmq-server"
"""What packages put onto the path refuses to work for anybody but root and a user of its own."""
_NOBODY = 65534
_ADDRESSES = tuple(f"127.0.0.{last}" for last in range(1, 255))
_READY_WITHIN = 60.0
_ACCESS = 0o600


class Broker:
    """A running server; with it runs Erlang's name server, which has made itself a daemon."""

    def __init__(self, home: sandbox.Container, server: _server.Server, address: str) -> None:
        self._home = home
        self._server = server
        self.address = address
        self.alive = server.alive

    def stop(self, timeout: float = 1.5) -> None:
        """End everything that runs in its container."""
        self._server.stop(timeout)
        self._home.kill()
        self._home.close()


def start(context: Context, *, user: str, password: str) -> Broker:
    """Start a server that knows one user, who may do all on the virtual host `/`."""
    program = find()
    data = context.folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    address = _free_address(context.folder / "address")
    configuration = data / _CONFIGURATION
    configuration.touch(mode=_ACCESS)
    configuration.write_text(_configuration(address, user=user, password=password))
    if os.geteuid() == 0:
        for path in (data, configuration):
            os.chown(path, _NOBODY, _NOBODY)
    home = sandbox.build(sandbox.View(writable={_DATA: data}))
    process = home.spawn(
        [program],
        env=_environment(context.folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        user=_NOBODY if os.geteuid() == 0 else None,
    )
    # It says so when it listens, after a banner.
    ready = "completed with"
    server = _server.Server("RabbitMQ", process, ready=ready, log=context.log)
    broker = Broker(home, server, address)
    try:
        server.wait_ready(_READY_WITHIN)
    except errors.LocalError:
        broker.stop()
        raise
    return broker


def find() -> str:
    """Return the program of this machine. Raises LocalError."""
    installed = shutil.which(_PACKAGED) or shutil.which("rabbitmq-server")
    if installed:
        return installed
    raise errors.LocalError(
        "RabbitMQ is needed: `apt install rabbitmq-server` (or your system's package of it). "
        "The service that the package starts is not used: switch it off with "
        "`systemctl disable --now rabbitmq-server`. Or name a broker that runs already: "
        "--url amqp://USER:PASSWORD@HOST, where USER is the application's name"
    )


def _free_address(path: pathlib.Path) -> str:
    """Return an address of loopback where the port is free, if possible that of the last run."""
    remembered = [path.read_text().strip()] if path.exists() else []
    for address in (*remembered, *_ADDRESSES):
        with contextlib.suppress(OSError), socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind((address, PORT))
            path.write_text(f"{address}\n")
            return address
    raise errors.LocalError(
        f"RabbitMQ: another program listens on port {PORT} of every address. If it is the service "
        "of the package: `systemctl disable --now rabbitmq-server`"
    )


def _configuration(address: str, *, user: str, password: str) -> str:
    # The user is made when the data are new.
    return f"""\
listeners.tcp.1 = {address}:{PORT}
default_vhost = /
default_user = {user}
default_pass = {password}
default_user_tags.administrator = false
log.console = true
log.console.level = warning
log.file = false
"""


def _environment(folder: pathlib.Path) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": _DATA,
        # Nothing of what the package keeps for its service.
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_CONFIG_FILE": f"{_DATA}/{_CONFIGURATION}",
        "RABBITMQ_ADVANCED_CONFIG_FILE": f"{_OWN}/advanced.config",
        "RABBITMQ_ENABLED_PLUGINS_FILE": f"{_OWN}/enabled_plugins",
        "RABBITMQ_GENERATED_CONFIG_DIR": f"{_OWN}/config",
        "RABBITMQ_SCHEMA_DIR": f"{_OWN}/schema",
        "RABBITMQ_PID_FILE": f"{_OWN}/pid",
        "RABBITMQ_LOG_BASE": f"{_OWN}/log",
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_MNESIA_BASE": f"{_DATA}/mnesia",
        "RABBITMQ_NODENAME": "rabbit@localhost",
        # Erlang itself instead of a shell script around it, so that signals reach it.
        "RABBITMQ_ALLOW_INPUT": "yes",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            "-noinput -kernel inet_dist_use_interface {127,0,0,1}"
        ),
        "RABBITMQ_DIST_PORT": str(ports.remembered(folder / "node-port")),
        "ERL_EPMD_ADDRESS": ports.LOOPBACK,
        "ERL_EPMD_PORT": str(ports.remembered(folder / "names-port")),
    }
