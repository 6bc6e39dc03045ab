"""Every hook tool of Juju 3.6, by name, with Juju's arguments, output and refusals."""

from __future__ import annotations
