"""Measure everything and print it: `python -m benchmarks [--quick]`."""

from __future__ import annotations

import argparse
import os
import pathlib
import platform
import tempfile

from . import events, first_answer, imports, logging, losses, suites

parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
parser.add_argument("--quick", action="store_true", help="repeat less: a look only")
quick: bool = parser.parse_args().quick

load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load average {load}")
imports.measure(quick=quick).print()
with tempfile.TemporaryDirectory(prefix="paas-bench-") as name:
    folder = pathlib.Path(name)
    suites.measure(folder, quick=quick).print()
    first_answer.measure(folder, quick=quick).print()
    for table in events.measure(folder, quick=quick):
        table.print()
    losses.measure(folder, quick=quick).print()
    logging.measure(folder / "logging", quick=quick).print()
