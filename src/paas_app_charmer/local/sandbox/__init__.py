"""Namespaces for a run: one process tree that ends as one, and a file system for each container.

::

    def main() -> int:                              # with all that it starts, in new namespaces
        with sandbox.build(view) as container:      # a file system made from a View
            process = container.spawn(["/bin/true"], env={}, cwd="/flask/app")
        return process.wait()

    sys.exit(sandbox.enter(main))

As root that takes no more than the kernel's calls; as an ordinary user the same calls in a user
namespace; and where those are forbidden, bwrap if it is installed. `probe` says which.
"""

from __future__ import annotations

from .container import Container, File, View, build
from .modes import Finding, Mode, probe
from .tree import enter

__all__ = ["Container", "File", "Finding", "Mode", "View", "build", "enter", "probe"]
