"""One process tree for a run, in namespaces of its own, that ends as one.

    the command ── waits, passes signals on
      └─ pid 1 of a new pid namespace ── reaps orphans
           └─ `main()` ── Pebble, web servers, databases, whatever daemonises

When the command dies, even by SIGKILL, the kernel kills pid 1; when pid 1 ends, because `main`
did or because it was killed, the kernel kills all that is left in the namespace. No process can
be missed, and nobody keeps a list.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import typing

from paas_app_charmer.local import errors

from . import modes, namespaces

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Collection

_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_AWAITED = {signal.SIGCHLD, *_PASSED_ON}


def enter(main: Callable[[], int]) -> int:
    """Run `main` as a child in new namespaces and return its exit status.

    The calling process must have one thread, and is good for nothing but waiting afterwards: it
    moves itself. INT, TERM, HUP, USR1 and USR2 that are sent to it reach `main`. With bwrap the
    whole command is executed again below bwrap, so `enter` belongs at the start of a command.
    """
    if os.environ.pop(modes.INSIDE_BWRAP, None):
        namespaces.unshare(namespaces.NEWNS)
        namespaces.make_private()
        return _status_of(main)
    finding = modes.probe()
    if finding.mode is modes.Mode.NONE:
        raise errors.LocalError(
            "This machine gives no namespaces, in which a charm's container has to run:\n"
            + "\n".join(f"  {reason}" for reason in finding.reasons)
        )
    if finding.mode is modes.Mode.BWRAP:
        os.execvp("bwrap", [*modes.BWRAP, sys.executable, *sys.orig_argv[1:]])  # noqa: S606  no shell
    modes.unshare(modes.flags_by_mode()[finding.mode])
    held_here, held_there = os.pipe()
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
    init = os.fork()
    if init == 0:
        os.close(held_there)
        _be_pid_one(main, parent=held_here, usual=usual)
    os.close(held_here)
    status = _wait(init)
    signal.pthread_sigmask(signal.SIG_SETMASK, usual)
    return status


def _be_pid_one(
    main: Callable[[], int], *, parent: int, usual: Collection[int]
) -> typing.NoReturn:
    namespaces.die_with_parent()
    hang_up = select.poll()
    hang_up.register(parent, select.POLLHUP)
    if hang_up.poll(0):
        # The parent died before the kernel knew that this matters to us.
        os._exit(1)
    # Some containers keep a part of /proc covered, and then the kernel refuses a fresh one. The
    # outer one serves: it shows more processes than ours, under other numbers.
    with contextlib.suppress(OSError):
        namespaces.mount_proc()
    child = os.fork()
    if child == 0:
        os.close(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)
        os._exit(_status_of(main))
    os._exit(_wait(child))


def _status_of(main: Callable[[], int]) -> int:
    try:
        status = main()
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException as error:  # noqa: BLE001  nobody above this frame would report it
        sys.excepthook(type(error), error, error.__traceback__)
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def _wait(child: int) -> int:
    """Reap whatever ends, until it is `child`; pass on signals that somebody sent to us alone."""
    while True:
        received = signal.sigwaitinfo(_AWAITED)
        if received.si_signo == signal.SIGCHLD:
            status = _reap(child)
            if status is not None:
                return status
        elif received.si_code <= 0:
            # Above 0 it comes from the kernel: a terminal's Ctrl-C, which the child has
            # received too.
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, received.si_signo)


def _reap(child: int) -> int | None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        if pid == 0:
            return None
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
