"""Suites: what carries a framework's name in the packing tools.

A suite is a profile and an extension for a rock, and a profile and an extension for its charm. A
profile is the set of files that `init` writes. An extension turns a short project file into a full
one. Both are pure functions of a project folder that was read once, and know nothing of the
packing tools, so that a command of ours, Charmcraft, Rockcraft and the local runner cannot
disagree about them.

`catalogue` says which suites there are; a suite is shipped if this package has its folder.
"""
