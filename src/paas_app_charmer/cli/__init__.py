"""The command line, `paas-app-charmer`.

Everything here is a thin shell: a command parses its words, asks the suites or sends one request
to the runner of the project, and shows the answer. What is heavy is imported by the command that
needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import importlib.util
import sys


def main() -> None:
    """Run the command line."""
    missing = [name for name in ("click", "rich") if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit("paas-app-charmer: the command line needs: pip install 'paas-app-charmer[local]'")
    from . import commands

    commands.group(prog_name="paas-app-charmer")
