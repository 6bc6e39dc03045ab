"""Redis, as the Redis charm on Kubernetes offers it: a host and a port, without credentials."""

from __future__ import annotations

import pydantic

from .. import env, integration, urls


class Redis(integration.Data):
    """Where Redis listens."""

    host: str = pydantic.Field(pattern=r"^[^\s,/?#@\[\]]+$")
    port: int = pydantic.Field(gt=0, le=65535)


def _read(remote: integration.RemoteData) -> Redis | None:
    leader = remote.app.get("leader-host")
    for unit in remote.units.values():
        host, port = leader or unit.get("hostname"), unit.get("port")
        # A Redis unit that is still starting publishes the text None.
        if host and port and "None" not in {host, port}:
            return Redis.model_validate({"host": host, "port": port})
    return None


def _properties(data: Redis) -> env.Properties:
    host = f"[{data.host}]" if ":" in data.host else data.host
    return urls.build("redis", hosts=f"{host}:{data.port}").properties()


INTEGRATION = integration.Integration(
    interface="redis",
    category="cache",
    endpoint="redis",
    data=Redis,
    read=_read,
    namespace=env.database_namespace,
    properties=_properties,
    migrates=True,
    example=Redis(host="redis-0.example", port=6379),
)
