"""Commands in the container, and what Pebble or a process said, on one line."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

import ops

from . import env, errors

_LONGEST = 200
"""Characters of foreign text in a status."""
_TIMEOUT = "/usr/bin/timeout"
_TAKES_TOO_LONG = (124, 137)
"""Exit codes of that program, when a process ended as it was told to and when it did not."""
_KILL_AFTER = 10
_PEBBLE = "/charm/bin/pebble"
_LOGS_TIMEOUT = 10


@contextlib.contextmanager
def answering() -> Generator[None]:
    """Say of a connection that breaks half way what ops says of one that cannot be made."""
    try:
        yield
    except ops.pebble.TimeoutError:
        raise  # also an OSError, but of a change that takes long and not of the connection
    except (OSError, http.client.HTTPException, ops.pebble.ProtocolError) as error:
        raise ops.pebble.ConnectionError(one_line(str(error))) from error


def execute(
    container: ops.Container,
    argv: Iterable[str],
    *,
    environment: Mapping[str, str],
    hide: Callable[[str], str],
    user: str,
    cwd: str,
    timeout: float,
) -> str:
    """Run a command as the application runs and return what it printed.

    ``hide`` takes what is secret out of that.

    Raises:
        WorkloadError: it failed, took too long or could not be started; with its output.
    """
    words = list(argv)
    printed = io.StringIO()
    try:
        with answering():
            # Pebble ends the one process that it started; this, those that it started in turn.
            if container.exists(_TIMEOUT):
                words = [_TIMEOUT, f"--kill-after={_KILL_AFTER}", f"{timeout:g}", *words]
            container.exec(
                words,
                environment=dict(environment),
                user=user,
                working_dir=cwd,
                timeout=timeout + 2 * _KILL_AFTER,
                stdout=printed,
                combine_stderr=True,
            ).wait()
    except ops.pebble.ConnectionError:
        raise
    except ops.pebble.Error as error:
        output = hide(printed.getvalue())
        if _was_late(error, words):
            reason = f"it took longer than {timeout:g} s"
        elif isinstance(error, ops.pebble.ExecError):
            reason = last_line(output)
        else:
            reason = one_line(hide(str(error)))
        raise errors.WorkloadError(reason, output=output) from None
    return hide(printed.getvalue())


def _was_late(error: ops.pebble.Error, words: Sequence[str]) -> bool:
    if isinstance(error, ops.pebble.ExecError):
        code: int = error.exit_code
        return words[0] == _TIMEOUT and code in _TAKES_TOO_LONG
    if isinstance(error, ops.pebble.ChangeError):
        return "timed out" in error.err
    return isinstance(error, ops.pebble.TimeoutError)


def last_words(container: ops.Container, service: str, environment: env.Environment) -> str:
    """Return the last line that a service wrote, without secrets; empty if it wrote none."""
    argv = (_PEBBLE, "logs", "--format=json", "-n", "5", service)
    try:
        with answering():
            printed, _ = container.exec(list(argv), timeout=_LOGS_TIMEOUT).wait_output()
    except ops.pebble.Error:
        return ""
    messages: list[str] = []
    for line in printed.splitlines():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            messages.append(str(json.loads(line)["message"]))
    return last_line(env.redact("\n".join(messages), environment))


def last_line(text: str) -> str:
    """Return the last line that says something, cut to fit a status."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return cut(lines[-1], _LONGEST) if lines else ""


def one_line(text: str) -> str:
    """Return the text on one line, cut to fit a status."""
    return cut(" ".join(text.split()), _LONGEST)


def cut(text: str, longest: int) -> str:
    """Return the text, or its beginning with a mark where it does not fit."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def fit(text: str, longest: int) -> str:
    """Return the text, or what it begins and ends with: what happened, and why."""
    head = longest // 2
    return text if len(text) <= longest else f"{text[:head]}…{text[head + 1 - longest :]}"
