"""One table: what visitors wrote."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    author = models.CharField(max_length=80, verbose_name="your name")
    message = models.TextField(max_length=500, verbose_name="your message")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-written_at",)
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.author}, {self.written_at:%d %B %Y}"
