"""The few kernel calls behind `sandbox` that Python has no function for, through the C library."""

from __future__ import annotations

import ctypes
import os
import pathlib
import signal
from typing import Any

# linux/sched.h
NEWNS = 0x00020000
NEWIPC = 0x08000000
NEWUSER = 0x10000000
NEWPID = 0x20000000

# linux/mount.h
_NOSUID = 0x2
_NODEV = 0x4
_NOEXEC = 0x8
_BIND = 0x1000
_RECURSIVE = 0x4000
_PRIVATE = 0x40000
_DETACH = 0x2
_AT_RECURSIVE = 0x8000
_ATTR_READ_ONLY = 0x1

# linux/prctl.h
_SET_PDEATHSIG = 1
_CAP_AMBIENT = 47
_CAP_AMBIENT_CLEAR_ALL = 4

_SYS_MOUNT_SETATTR = 442  # the same number on every architecture

_libc = ctypes.CDLL(None, use_errno=True)


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def _call(name: str, *arguments: Any, about: str = "") -> None:
    if getattr(_libc, name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}", about or None)


def unshare(flags: int) -> None:
    """Move this process (for NEWPID: its future children) into new namespaces."""
    _call("unshare", flags)


def join(descriptor: int, kind: int) -> None:
    """Move this process into the namespace that the descriptor stands for."""
    _call("setns", descriptor, kind)


def keep_own_ids(uid: int, gid: int) -> None:
    """Give a process that is alone in a new user namespace the ids it had outside."""
    for name, text in (
        # The kernel wants this first from somebody who could not change groups outside.
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        pathlib.Path("/proc/self", name).write_bytes(text.encode())


def die_with_parent() -> None:
    """Have the kernel kill this process when the thread that forked it ends."""
    _call("prctl", _SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def drop_ambient_capabilities() -> None:
    """Keep a program that is about to be executed from inheriting what bwrap gave us."""
    _call("prctl", _CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)


def make_private() -> None:
    """Keep mounts made from now on out of the namespace that ours was copied from."""
    _call("mount", None, b"/", None, _RECURSIVE | _PRIVATE, None, about="/")


def mount_proc() -> None:
    """Show the processes of the current pid namespace at /proc."""
    _call("mount", b"proc", b"/proc", b"proc", _NOSUID | _NODEV | _NOEXEC, None, about="/proc")


def mount_tmpfs(target: str) -> None:
    """Mount an empty file system in memory, owned by us."""
    _call("mount", b"tmpfs", _bytes(target), b"tmpfs", _NOSUID | _NODEV, b"mode=755", about=target)


def mount_merged(target: str, *layers: str) -> None:
    """Mount a read-only union of folders, the first on top."""
    options = os.fsencode("lowerdir=" + ":".join(layers))
    _call("mount", b"overlay", _bytes(target), b"overlay", _NOSUID | _NODEV, options, about=target)


def bind(source: str, target: str) -> None:
    """Show a folder with all that is mounted in it, or a file, at a second place."""
    flags = _BIND | _RECURSIVE
    _call("mount", _bytes(source), _bytes(target), None, flags, None, about=source)


def make_read_only(target: str) -> None:
    """Refuse writes below a mount point made by `bind`, other mounts in it included."""
    attributes = _MountAttributes(attr_set=_ATTR_READ_ONLY)
    _call(
        "syscall",
        # Of a variadic function ctypes knows no types, and the kernel reads whole registers.
        ctypes.c_long(_SYS_MOUNT_SETATTR),
        ctypes.c_long(-1),
        _bytes(target),
        ctypes.c_long(_AT_RECURSIVE),
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
        about=target,
    )


def change_root(new: str, old: str) -> None:
    """Make the mount point `new` the root; the old root appears at `old`, a folder below it."""
    _call("pivot_root", _bytes(new), _bytes(old), about=new)
    os.chdir("/")


def detach(target: str) -> None:
    """Unmount with everything below."""
    _call("umount2", _bytes(target), _DETACH, about=target)


def _bytes(path: str) -> bytes:
    return os.fsencode(path)
