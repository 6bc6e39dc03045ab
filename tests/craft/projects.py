"""The least that a charm's project file holds."""

SHORT = """\
name: my-app
type: charm
base: ubuntu@24.04
platforms: {amd64: }
summary: A summary.
description: A description.
extensions: [flask-framework]
"""
