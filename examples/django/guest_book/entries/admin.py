"""The page on which the keeper of the book reads and removes entries."""

from django.contrib import admin

from . import models


@admin.register(models.Entry)
class EntryAdmin(admin.ModelAdmin):
    list_display = ("author", "written_at", "message")
    search_fields = ("author", "message")
