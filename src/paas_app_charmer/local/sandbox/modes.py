"""How namespaces can be had on this machine."""

from __future__ import annotations

import dataclasses
import enum
import os
import pathlib
import shutil
import subprocess

from . import namespaces

INSIDE_BWRAP = "PAAS_APP_CHARMER_BWRAP"
BWRAP = (
    *("bwrap", "--die-with-parent", "--unshare-user", "--unshare-pid", "--unshare-ipc"),
    *("--cap-add", "ALL", "--dev-bind", "/", "/", "--proc", "/proc"),
    *("--setenv", INSIDE_BWRAP, "1", "--"),
)


class Mode(enum.Enum):
    """How namespaces are had."""

    ROOT = "root"
    USER = "user namespace"
    BWRAP = "bwrap"
    NONE = "none"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """What this machine allows."""

    mode: Mode
    reasons: tuple[str, ...] = ()
    """Why each better mode is not in force, one sentence each."""


def probe() -> Finding:
    """Find out how namespaces can be had, by trying it in child processes that end at once."""
    if INSIDE_BWRAP in os.environ:
        return Finding(mode=Mode.BWRAP)
    reasons: list[str] = []
    for mode, flags in flags_by_mode().items():
        problem = _try(flags)
        if problem is None:
            return Finding(mode=mode, reasons=tuple(reasons))
        reasons.append(f"{mode.value}: {problem}{_advice() if mode is Mode.USER else ''}")
    if shutil.which("bwrap") is None:
        reasons.append("bwrap: not installed (Debian and Ubuntu: the package bubblewrap)")
        return Finding(mode=Mode.NONE, reasons=tuple(reasons))
    attempt = subprocess.run([*BWRAP, "true"], capture_output=True, text=True, check=False)
    if attempt.returncode == 0:
        return Finding(mode=Mode.BWRAP, reasons=tuple(reasons))
    reasons.append(f"bwrap: {attempt.stderr.strip()}")
    return Finding(mode=Mode.NONE, reasons=tuple(reasons))


def flags_by_mode() -> dict[Mode, int]:
    """Return what to try, the best first."""
    # System V memory, which databases use, would otherwise outlive a killed process.
    flags = namespaces.NEWNS | namespaces.NEWPID | namespaces.NEWIPC
    user = {Mode.USER: flags | namespaces.NEWUSER}
    return {Mode.ROOT: flags, **user} if os.geteuid() == 0 else user


def unshare(flags: int) -> None:
    """Move this process into namespaces in which it has its own ids and the right to mount."""
    uid, gid = os.geteuid(), os.getegid()
    namespaces.unshare(flags)
    if flags & namespaces.NEWUSER:
        namespaces.keep_own_ids(uid, gid)
    namespaces.make_private()


def _try(flags: int) -> str | None:
    answer, ours = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            unshare(flags)
            _try_mounts()
        except OSError as error:
            os.write(ours, str(error).encode())
        os._exit(0)
    os.close(ours)
    with os.fdopen(answer) as file:
        problem = file.read()
    os.waitpid(child, 0)
    return problem or None


def _try_mounts() -> None:
    """Do once what a container's file system needs, so that an old kernel is found out here."""
    stage = "/tmp"  # noqa: S108  it is there on every host, and ours alone from here on
    namespaces.mount_tmpfs(stage)
    bound, layer, merged = (f"{stage}/{name}" for name in ("bound", "layer", "merged"))
    for folder in (bound, layer, merged):
        pathlib.Path(folder).mkdir()
    namespaces.bind("/usr", bound)
    namespaces.make_read_only(bound)
    namespaces.mount_merged(merged, layer, "/usr/bin")


def _advice() -> str:
    for path, refusing, allowing in (
        ("kernel/unprivileged_userns_clone", "0", "1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
        ("user/max_user_namespaces", "0", "10000"),
    ):
        switch = pathlib.Path("/proc/sys", path)
        if switch.exists() and switch.read_text().strip() == refusing:
            return f" (allow it with `sudo sysctl {path.replace('/', '.')}={allowing}`)"
    return ""
