"""Suites: what carries a framework's name in the packing tools.

A suite is a profile and an extension for a rock, and a profile and an extension for its charm. A
profile is the set of files that `init` writes. An extension turns a short project file into a full
one. Both are pure functions of a project folder that was read once, and know nothing of the
packing tools, so that a command of ours, Charmcraft, Rockcraft and the local runner cannot
disagree about them.

`catalogue` says which suites there are: those whose folders are in this package. A folder has
`suite.json`, which names the suite; a module that says what a rock is made of, and `clues`, which
tells an application of the framework from others; `rockcraft.yaml`, the profile of a rock;
dashboards and alert rules under `cos`; and `charm.json`, which is generated.
"""
