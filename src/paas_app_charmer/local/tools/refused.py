"""Tools that Juju has but answers with a refusal for a sidecar charm on Kubernetes, and storage.

A refusal that is Juju's own is no gap of this runner. Storage is: the suites' charms may not have
any.
"""

from __future__ import annotations

from .base import Call, ToolError, tool


@tool("credential-get", prints="smart")
def credential_get(call: Call) -> None:
    """A model's credential is for applications deployed with `--trust`; this one never is."""
    del call
    raise ToolError("cannot access cloud credentials: permission denied")


@tool("juju-reboot", "now")
def juju_reboot(call: Call) -> None:
    del call
    raise ToolError("juju-reboot is not supported on Kubernetes")


@tool("resource-get", args=1)
def resource_get(call: Call) -> str:
    name = call.argument(0)
    if not name:
        raise ToolError("missing required resource name", code=2)
    path = call.context.resources.get(name)
    if path is None:
        raise ToolError(f'could not download resource: resource "{name}" not found')
    return path


@tool("storage-list", prints="smart", args=1)
def storage_list(call: Call) -> list[str]:
    del call
    return []


@tool("storage-get", "s=", prints="smart", args=1)
def storage_get(call: Call) -> None:
    identifier = call.text("s")
    if identifier is None:
        raise ToolError("no storage id specified", code=2)
    raise ToolError(f'invalid value "{identifier}" for option -s: storage not found', code=2)


@tool("storage-add", args=None)
def storage_add(call: Call) -> None:
    names = ", ".join(word.partition("=")[0] for word in call.args)
    call.context.gap(f"storage-add {names}: storage is not modelled")
    raise ToolError(f'charm storage "{names}" not found')


def _refuse_all() -> None:
    refusals = {
        "k8s spec not supported by charm": (
            *("pod-spec-set", "pod-spec-get", "k8s-spec-set", "k8s-spec-get"),
            *("k8s-raw-set", "k8s-raw-get"),
        ),
        "cannot record metric: metrics disabled": ("add-metric",),
        "payloads are not supported": (
            *("payload-register", "payload-unregister", "payload-status-set"),
        ),
    }
    for text, names in refusals.items():
        for name in names:
            _refuse(name, text)


def _refuse(name: str, text: str) -> None:
    @tool(name, "file=", "k8s-resources=", "labels=", prints="yaml", args=None)
    def refuse(call: Call) -> None:
        del call
        raise ToolError(text)


_refuse_all()
