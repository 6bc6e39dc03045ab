"""The same command line as `python -m paas_app_charmer.cli`; `run --detach` starts itself so."""

from __future__ import annotations

from . import main

main()
