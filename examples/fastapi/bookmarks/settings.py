"""What the charm settles, by the variables that it gives."""

from __future__ import annotations

import os
import urllib.parse

TITLE = os.environ.get("APP_TITLE", "Bookmarks")
PAGE_SIZE = int(os.environ.get("APP_PAGE_SIZE", "20"))
METRICS_PATH = os.environ.get("METRICS_PATH", "/metrics")
TRACED = "OTEL_EXPORTER_OTLP_ENDPOINT" in os.environ

# Empty, unless an ingress serves the application below a path.
ROOT_PATH = urllib.parse.urlsplit(os.environ.get("APP_BASE_URL", "")).path.rstrip("/")
