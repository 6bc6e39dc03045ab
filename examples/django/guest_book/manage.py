#!/usr/bin/env python3
"""Django's command line for this project."""

import os
import sys

from django.core import management

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guest_book.settings")
    management.execute_from_command_line(sys.argv)
