"""Hook tools without a process, for a child of the zygote.

Every version of ops calls its tools by `subprocess.run`, so that is what is wrapped and nothing of
ops is touched. Only what is plainly a hook tool, with options that are known here, is answered
directly; all else goes to the real function, and so to the executable on PATH.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from paas_app_charmer.local import toolclient
else:
    # Like the zygote, this is run by path: the package belongs to the charm.
    import toolclient

_KNOWN = {"capture_output", "check", "encoding", "input", "stdout", "text"}


def install() -> None:
    """Wrap `subprocess.run` of this process; the tools are in the first directory of PATH."""
    tools = os.environ["PATH"].partition(os.pathsep)[0]
    names = frozenset(path.name for path in pathlib.Path(tools).iterdir())
    real: Callable[..., Any] = subprocess.run

    def run(*popenargs: Any, **options: Any) -> Any:
        argv = _words(popenargs)
        directory, _, name = (argv[0] if argv else "").rpartition("/")
        textual = options.get("encoding") or options.get("text")
        if name in names and directory in ("", tools) and textual and options.keys() <= _KNOWN:
            return _ask(name, argv, options)
        return real(*popenargs, **options)

    subprocess.run = run


def _words(popenargs: tuple[Any, ...]) -> list[str]:
    """Return the command line if it is a list of text, else nothing."""
    if len(popenargs) != 1 or type(popenargs[0]) not in (list, tuple):
        return []
    words: Sequence[object] = popenargs[0]
    texts = [word for word in words if isinstance(word, str)]
    return texts if len(texts) == len(words) else []


def _ask(name: str, argv: list[str], options: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    given: str | None = options.get("input")
    address, context = os.environ["JUJU_AGENT_SOCKET_ADDRESS"], os.environ["JUJU_CONTEXT_ID"]
    code, out, error = toolclient.ask(
        address, context, name, argv[1:], lambda: sys.stdin.read() if given is None else given
    )
    everything = bool(options.get("capture_output"))
    captured = everything or options.get("stdout") == subprocess.PIPE
    if not captured:
        sys.stdout.write(out)
    if not everything:
        sys.stderr.write(error)
    result = subprocess.CompletedProcess(
        argv, code, out if captured else None, error if everything else None
    )
    if options.get("check"):
        result.check_returncode()
    return result
