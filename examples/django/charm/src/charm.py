#!/usr/bin/env python3
"""The charm of guest-book."""

import ops
import paas_app_charmer.django


class GuestBookCharm(paas_app_charmer.django.Charm):
    """Everything that a Django application needs is in the base class."""


if __name__ == "__main__":
    ops.main(GuestBookCharm)
