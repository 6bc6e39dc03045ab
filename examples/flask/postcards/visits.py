"""Count visits in Redis. Without Redis nothing is counted and nothing else changes."""

from __future__ import annotations

import os

import redis

KEY = "postcards:visits"
PATIENCE = 0.5  # seconds; a counter is not worth a slow page


def _client() -> redis.Redis | None:
    url = os.environ.get("REDIS_DB_CONNECT_STRING")
    if not url:
        return None
    return redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)


def add() -> int | None:
    """Count one more visit; None when there is no Redis or it does not answer."""
    client = _client()
    if client is None:
        return None
    try:
        with client:
            return client.incr(KEY)
    except redis.RedisError:
        return None


def state() -> str:
    """Say in one word how Redis is."""
    client = _client()
    if client is None:
        return "absent"
    try:
        with client:
            client.ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"
