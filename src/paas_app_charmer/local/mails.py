"""The mails that a local mail server keeps, for whoever wants to read them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import email.message
import email.policy
import typing

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

FOLDER = "mails"
"""Below the folder of the service."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail as it arrived."""

    number: int
    endpoint: str
    """Through which it was sent."""
    received: dt.datetime
    sender: str
    """Of the envelope, as are the recipients: a blind copy has its recipient nowhere else."""
    recipients: tuple[str, ...]
    subject: str
    text: str
    """The body, as plain text if it has such a part, else as HTML."""
    attachments: tuple[str, ...]
    """Names of files."""


def recorded(state: pathlib.Path) -> list[Mail]:
    """Return all of them, the oldest first."""
    return sorted(_all(state), key=lambda mail: (mail.received, mail.number))


def _all(state: pathlib.Path) -> Iterator[Mail]:
    for path in state.glob(f"services/*/{FOLDER}/*.eml"):
        if path.stem.isdigit():
            yield _mail(path)


def _mail(path: pathlib.Path) -> Mail:
    with path.open("rb") as file:
        parsed = email.message_from_binary_file(file, policy=email.policy.default)
    assert isinstance(parsed, email.message.EmailMessage)  # noqa: S101  by the policy
    attached = [part.get_filename("without a name") for part in parsed.iter_attachments()]
    return Mail(
        number=int(path.stem),
        endpoint=path.parent.parent.name,
        received=dt.datetime.fromtimestamp(path.stat().st_mtime).astimezone(),
        sender=_header(parsed, "Return-Path").strip("<>"),
        recipients=tuple(str(value) for value in parsed.get_all("Delivered-To", [])),
        subject=_header(parsed, "Subject"),
        text=_text(parsed),
        attachments=tuple(attached),
    )


def _header(mail: email.message.EmailMessage, name: str) -> str:
    return str(mail.get(name, ""))


def _text(mail: email.message.EmailMessage) -> str:
    body = mail.get_body(("plain", "html"))
    if body is None:
        return ""
    try:
        content: object = body.get_content()
    except (LookupError, ValueError):  # a character set that Python does not know
        content = body.get_payload(decode=True)
    return content if isinstance(content, str) else str(content)
