"""Processes of this machine, as Linux shows them to whoever looks from outside."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

_ESTABLISHED = "01"
"""As Linux spells the state of a TCP connection."""


def below(ancestor: int) -> dict[int, tuple[int, str]]:
    """Return a process and all that descend from it: parent and command line by id."""
    rest = dict(_all())
    found = {ancestor: rest.get(ancestor, (0, ""))}
    while True:
        more = {n: one for n, one in rest.items() if one[0] in found and n not in found}
        if not more:
            return found
        found |= more


def serves(process: int) -> bool:
    """Tell whether a process has a connection; the one on which it listens is none."""
    own = pathlib.Path(f"/proc/{process}")
    held = {str(link.readlink()) for link in (own / "fd").iterdir()}
    connections = (line.split() for line in (own / "net" / "tcp").read_text().splitlines()[1:])
    return any(
        state == _ESTABLISHED and f"socket:[{inode}]" in held
        for _, _, _, state, *_, inode in (fields[:10] for fields in connections)
    )


def _all() -> Iterator[tuple[int, tuple[int, str]]]:
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text().rstrip("\0").replace("\0", " ")
            if command:
                yield int(folder.name), (int(fields[1]), command)
