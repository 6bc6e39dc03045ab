"""Addresses of the site."""

from django.contrib import admin
from django.urls import path

from entries import views

urlpatterns = [
    path("", views.book, name="book"),
    path("env", views.environment, name="environment"),
    path("env/<str:name>", views.variable, name="variable"),
    path("health", views.health, name="health"),
    path("pid", views.process_ids, name="pid"),
    path("admin/", admin.site.urls),
]
