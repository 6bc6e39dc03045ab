"""Registration with Django."""

from django import apps


class EntriesConfig(apps.AppConfig):
    name = "entries"
