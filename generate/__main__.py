"""Write everything that is generated: `python -m generate [--check]`."""

from __future__ import annotations

import argparse
import sys

from . import committed

parser = argparse.ArgumentParser(prog="python -m generate", description=__doc__)
parser.add_argument("--check", action="store_true", help="write nothing; tell what would change")
check: bool = parser.parse_args().check

changed = False
for files, present in committed.STEPS:
    for path, text in committed.stale(files(), present()).items():
        changed = True
        print(path)
        if check:
            continue
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
sys.exit(check and changed)
