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
            data = Redis.model_validate({"host": host, "port": port})
            _url(data)  # what makes no URL is refused where its endpoint can be told
            return data
    return None


def _url(data: Redis) -> urls.Url:
    host = f"[{data.host}]" if ":" in data.host else data.host
    return urls.build("redis", hosts=f"{host}:{data.port}")


INTEGRATION = integration.Integration(
    interface="redis",
    category="cache",
    endpoint="redis",
    data=Redis,
    read=_read,
    namespace="REDIS_DB",
    superseded=True,
    properties=lambda data: _url(data).properties(),
    ecosystem={"REDIS_URL": env.Alias(of="connect_string")},
    migrates=True,
    example=Redis(host="redis-0.example", port=6379),
)
