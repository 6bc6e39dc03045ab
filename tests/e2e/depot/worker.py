"""Delivers parcels."""

from __future__ import annotations

import os
import signal

import queues


def main() -> None:
    if "RABBITMQ_CONNECT_STRING" not in os.environ or "VALKEY_DB_HOSTNAME" not in os.environ:
        signal.pause()  # until it is started anew with both
    with queues.broker() as broker:
        channel = broker.channel()
        channel.queue_declare(queues.QUEUE, durable=True)
        for method, _, parcel in channel.consume(queues.QUEUE):
            queues.cache().rpush(queues.DELIVERED, parcel.decode())
            channel.basic_ack(method.delivery_tag)


if __name__ == "__main__":
    main()
