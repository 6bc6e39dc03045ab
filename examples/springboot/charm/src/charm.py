#!/usr/bin/env python3
"""The charm of tool-shed."""

import ops
import paas_app_charmer.springboot


class ToolShedCharm(paas_app_charmer.springboot.Charm):
    """Everything that a Spring Boot application needs is in the base class."""


if __name__ == "__main__":
    ops.main(ToolShedCharm)
