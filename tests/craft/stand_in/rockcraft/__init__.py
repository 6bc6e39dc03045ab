"""Stands in for Rockcraft, which is not on PyPI.

It is an application of the same framework as the real one, so how plug-ins are loaded and what
`init` does is real. The registry has the functions that the real one publishes.
"""

__version__ = "1.19.0"
