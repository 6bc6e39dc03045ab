"""Settings, all of them from the environment that the charm gives.

Without a charm the site runs too: it then makes a key for as long as it lives, answers on this
machine only, and keeps its entries in a file.
"""

from __future__ import annotations

import json
import os
import pathlib
import secrets
from urllib.parse import urlsplit

BASE_DIR = pathlib.Path(__file__).resolve().parent.parent

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY") or secrets.token_urlsafe(50)
DEBUG = os.environ.get("DJANGO_DEBUG") == "true"
ALLOWED_HOSTS = json.loads(os.environ.get("DJANGO_ALLOWED_HOSTS", '["localhost", "127.0.0.1"]'))

# The charm's options `title` and `entries-per-page`.
TITLE = os.environ.get("DJANGO_TITLE", "Guest book")
ENTRIES_PER_PAGE = int(os.environ.get("DJANGO_ENTRIES_PER_PAGE", "20"))

# Behind an ingress the site may be served over https and below a path, neither of which a request
# shows. The address that the charm gives does.
_site = urlsplit(os.environ.get("DJANGO_BASE_URL", ""))
if _site.netloc:
    CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]
FORCE_SCRIPT_NAME = _site.path.rstrip("/") or None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _site.scheme == "https"

INSTALLED_APPS = [
    "entries",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "guest_book.urls"
WSGI_APPLICATION = "guest_book.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

if "POSTGRESQL_DB_NAME" in os.environ:
    _database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["POSTGRESQL_DB_NAME"],
        "USER": os.environ.get("POSTGRESQL_DB_USERNAME"),
        "PASSWORD": os.environ.get("POSTGRESQL_DB_PASSWORD"),
        "HOST": os.environ.get("POSTGRESQL_DB_HOSTNAME"),
        "PORT": os.environ.get("POSTGRESQL_DB_PORT"),
        "OPTIONS": {"connect_timeout": 3},
    }
else:
    _database = {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# The files are served from where they are installed: a rock has no step in which `collectstatic`
# would gather them.
STATIC_URL = f"{FORCE_SCRIPT_NAME or ''}/static/"
WHITENOISE_USE_FINDERS = True

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
