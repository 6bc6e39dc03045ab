"""Where parcels wait, and where it is noted that they were delivered."""

from __future__ import annotations

import os

import pika
import valkey

QUEUE = "parcels"
DELIVERED = "delivered"


def broker() -> pika.BlockingConnection:
    return pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_CONNECT_STRING"]))


def cache() -> valkey.Valkey:
    url = os.environ["VALKEY_DB_CONNECT_STRING"]
    return valkey.Valkey.from_url(url, decode_responses=True)
