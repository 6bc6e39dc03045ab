"""Run a charm on this machine as Juju runs it on Kubernetes, without either.

`engine.Engine` stands in for Juju: one application, its units, relations and secrets, and the
hooks that Juju would fire. It starts no Pebble and no backing service; `runner.Runner` does, and
tells the engine by `pebble_ready`, `provider_set` and the like.

The engine, from the bottom up:

    api         values that cross its border        charmmeta   what it knows of a charm
    model       the state, plain values             store       that state as JSON
    hook        one event and its JUJU_* variables  charmdir    a unit's copy of the charm
    context     what a running hook sees and has asked to change
    tools/      every hook tool, with Juju's permission rules (`hooktools` answers one call)
    agent       the socket for the tools            toolclient  the tool on PATH
    dispatch    a hook as a process, or as a child of the `zygote`
    preload     what the zygote imports             shortcut    tools without a process, for it
    resolver    which hook is next: a pure function of the state and of the `ledger`
    hookrun     one run of one hook                 uniter      one unit's thread
    controller  config, integrations, secrets       agents      units come, resume and go
    engine      all of that, and events, actions and status
"""

from __future__ import annotations
