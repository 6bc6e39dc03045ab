"""Names under which Kubernetes finds an application and its units."""

from __future__ import annotations


def of_unit(app: str, model: str, unit: int) -> str:
    """Return the DNS name of one unit."""
    return f"{app}-{unit}.{app}-endpoints.{model}.svc.cluster.local"


def of_service(app: str, model: str) -> str:
    """Return the DNS name that stands for all units together."""
    return f"{app}.{model}.svc.cluster.local"


def inside(app: str, model: str, port: int) -> str:
    """Return the URL that others of its model reach an application by."""
    return f"http://{app}.{model}:{port}"
