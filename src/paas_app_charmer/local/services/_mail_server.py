"""The mail server: a program of its own, run by a Python that has aiosmtpd.

That Python need not have anything else, so this file imports nothing of ours. Arguments: port,
folder for the mails, user. The password comes by the environment.
"""

from __future__ import annotations

import asyncio
import hmac
import importlib
import logging
import os
import pathlib
import signal
import sys
import typing

PASSWORD = "PAAS_MAIL_PASSWORD"  # noqa: S105  the name of a variable
READY = "takes mails"


class Mailbox:
    """Keeps each mail as a file, with the envelope in the headers that mail servers use for it."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        kept = (int(path.stem) for path in folder.glob("*.eml") if path.stem.isdigit())
        self._number = max(kept, default=0)

    async def handle_DATA(  # noqa: N802  the name that aiosmtpd looks for
        self,
        server: object,  # noqa: ARG002
        session: object,  # noqa: ARG002
        envelope: typing.Any,
    ) -> str:
        """Take one in."""
        self._number += 1
        headers = [f"Return-Path: <{envelope.mail_from}>"]
        headers += [f"Delivered-To: {recipient}" for recipient in envelope.rcpt_tos]
        path = self._folder / f"{self._number:06}.eml"
        # Whoever lists the mails meanwhile must not see half of one.
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes("\r\n".join([*headers, ""]).encode() + envelope.content)
        unfinished.rename(path)
        recipients = ", ".join(envelope.rcpt_tos)
        _say(f"mail {self._number} from {envelope.mail_from} to {recipients}")
        return f"250 OK: kept as mail {self._number}"


async def serve(port: int, folder: pathlib.Path, user: str, password: str) -> None:
    """Serve until SIGTERM."""
    # It warns of logins without TLS, for each connection.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    smtp = importlib.import_module("aiosmtpd.smtp")
    mailbox = Mailbox(folder)

    def authenticate(
        _server: object, _session: object, _envelope: object, mechanism: str, login: typing.Any
    ) -> typing.Any:
        known = mechanism in {"LOGIN", "PLAIN"}
        # Spring logs in by the address, others by the name.
        name = login.login.partition(b"@")[0] if known else b""
        right = (
            known
            and name == user.encode()
            and hmac.compare_digest(login.password, password.encode())
        )
        if not right:
            _say("a login was refused: wrong user or password")
        return smtp.AuthResult(success=right, handled=False)

    def connection() -> asyncio.Protocol:
        return smtp.SMTP(
            mailbox,
            hostname="localhost",
            enable_SMTPUTF8=True,
            authenticator=authenticate,
            auth_required=True,
            auth_require_tls=False,
        )

    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    await loop.create_server(connection, "127.0.0.1", port)
    _say(f"{READY} on port {port}")
    await stopping.wait()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  the output is the server's log


def main() -> None:
    """Run it."""
    port, folder, user = sys.argv[1:]
    asyncio.run(serve(int(port), pathlib.Path(folder), user, os.environ.pop(PASSWORD)))


if __name__ == "__main__":
    main()
