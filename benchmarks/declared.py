"""A charm with an endpoint for every interface that the library speaks, none of them related."""

from __future__ import annotations

import pathlib
from typing import Any

import yaml

from paas_app_charmer import flask, integration, metadata

PROGRAM = """
import json, os, subprocess, sys
os.environ.update({variables!r})
os.chdir({folder!r})
answers = {{
    "config-get": {{}}, "is-leader": False, "relation-ids": [], "opened-ports": [],
    "status-get": {{"message": "", "status": "unknown", "status-data": {{}}}},
    "network-get": {{"bind-addresses": [], "egress-subnets": [], "ingress-addresses": []}},
}}
def answer(words, **_options):
    tool = words[0].rpartition("/")[2]
    if tool == "secret-get":
        raise subprocess.CalledProcessError(1, words, stderr="ERROR secret not found")
    return subprocess.CompletedProcess(words, 0, json.dumps(answers.get(tool)), "")
subprocess.run = answer
import ops
import paas_app_charmer.flask
ops.main(paas_app_charmer.flask.Charm)
"""
"""The hook `start`. What answers in place of Juju's tools costs next to nothing."""


def interfaces() -> list[str]:
    """Return every interface that the library speaks."""
    return [one.interface for one in integration.every()]


def charm(folder: pathlib.Path) -> str:
    """Put the charm's metadata into a folder and return the program that runs its first hook.

    No endpoint says that it is optional, so that each is looked at as closely as can be.
    """
    derived = metadata.derive(flask.SPEC, first_generation=True)
    provided = {one["interface"] for one in derived["provides"].values()}
    named = {one.interface: one.endpoint for one in integration.every()}
    requires = {
        endpoint: {"interface": interface}
        for interface, endpoint in named.items()
        if interface not in provided
    }
    folder.mkdir()
    content: dict[str, Any] = {"name": "every-endpoint", **derived, "requires": requires}
    for name in ("config", "actions"):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content.pop(name)))
    (folder / "metadata.yaml").write_text(yaml.safe_dump(content))
    variables = {
        "JUJU_CHARM_DIR": str(folder),
        "JUJU_DISPATCH_PATH": "hooks/start",
        "JUJU_HOOK_NAME": "start",
        "JUJU_MODEL_NAME": "bench",
        "JUJU_MODEL_UUID": "f2a9c1a4-6d3e-4b0e-8f5a-3b6f0c6d1e2a",
        "JUJU_UNIT_NAME": "every-endpoint/0",
        "JUJU_VERSION": "3.6.9",
    }
    return PROGRAM.format(variables=variables, folder=str(folder))
