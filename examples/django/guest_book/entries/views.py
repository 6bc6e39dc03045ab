"""The book, and three pages that make visible what a charm does to a running server."""

from __future__ import annotations

import os
from http import HTTPStatus

from django import db, http, shortcuts
from django.conf import settings
from django.views.decorators import http as methods

from . import environment as given
from . import forms, models


@methods.require_http_methods(["GET", "HEAD", "POST"])
def book(request: http.HttpRequest) -> http.HttpResponse:
    """Show the latest entries, and take a new one."""
    form = forms.EntryForm(request.POST or None)
    if form.is_valid():
        form.save()
        return shortcuts.redirect("book")
    entries = models.Entry.objects.all()[: settings.ENTRIES_PER_PAGE]
    context = {"form": form, "entries": entries, "title": settings.TITLE}
    return shortcuts.render(request, "entries/book.html", context)


@methods.require_safe
def environment(request: http.HttpRequest) -> http.HttpResponse:
    context = {"variables": given.variables(), "title": settings.TITLE}
    return shortcuts.render(request, "entries/environment.html", context)


@methods.require_safe
def variable(_: http.HttpRequest, name: str) -> http.JsonResponse:
    """Answer with null, not with 404, for a variable that is not set: both are good news."""
    return http.JsonResponse({"name": name, "value": given.variable(name)})


@methods.require_safe
def health(_: http.HttpRequest) -> http.JsonResponse:
    try:
        with db.connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except db.Error:
        return http.JsonResponse(
            {"database": "unreachable"}, status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    return http.JsonResponse({"database": "ok"})


@methods.require_safe
def process_ids(_: http.HttpRequest) -> http.JsonResponse:
    """After a reload the worker is another one and the parent is the same."""
    return http.JsonResponse({"pid": os.getpid(), "parent": os.getppid()})
