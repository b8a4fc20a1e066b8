"""Sends records to a topic."""

import sys

from avro_records import encode
from kafka_reader import CLIENT

from confluent_kafka import Producer

# The partitioner of Java's clients: records of an image have one partition, whichever client sends them.
WRITE = {"enable.idempotence": True, "message.max.bytes": 8 << 20, "partitioner": "murmur2_random"}
WAITING = 100  # most records on the way; librdkafka's own limit is 1 GiB of them


def send(topic, name, items, record_of):
    """Sends record_of(item), a key and a record, for each item. Returns how many the brokers have taken.

    Reports an item that cannot be sent, and goes on. The key decides the partition: the records of an image keep their
    order.
    """
    sent = 0

    def delivered(error, message):
        nonlocal sent
        sent += not error
        if error:
            print(f"{message.key().decode()} is not sent: {error.str()}", file=sys.stderr)

    producer = Producer(WRITE | CLIENT)
    for item in items:
        try:
            key, record = record_of(item)
            producer.produce(topic, encode(topic, name, record), key.encode(), on_delivery=delivered)
        except Exception as error:  # whatever is wrong with one, the others are sent
            print(f"{item} is not sent: {error}", file=sys.stderr)
        producer.poll(0)
        while len(producer) >= WAITING:
            producer.poll(0.1)
    producer.flush()
    return sent
