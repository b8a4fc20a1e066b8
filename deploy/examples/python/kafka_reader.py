"""Reads all records of a topic.

KAFKA_BOOTSTRAP_SERVERS has the brokers. KAFKA_CONFIG, a JSON object, has further settings of librdkafka.
"""

import contextlib
import json
import os
import sys

from avro_records import decode

try:
    from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
except ModuleNotFoundError as error:
    packages = "pip install confluent-kafka, or apt-get install python3-confluent-kafka"
    raise ModuleNotFoundError(f"{error}: {packages}") from None

CLIENT = {"bootstrap.servers": os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092")}
CLIENT |= json.loads(os.environ.get("KAFKA_CONFIG", "{}"))
READ = {"group.id": "examples", "enable.auto.commit": False, "enable.partition.eof": True}
READ |= {"auto.offset.reset": "earliest"}  # what retention deletes meanwhile is passed over, and no more


def records(topic, name, use, follow=False, part=0, parts=1):
    """Yields use(record) of all records, and None each time that those which are there have been read.

    Reports a bad record, and skips it. Ends when all are read, or waits for more, to follow the topic. With several
    parts, each reads its share of the partitions.
    """
    with contextlib.closing(Consumer(READ | CLIENT)) as consumer:
        partitions = sorted(consumer.list_topics(topic, 30).topics[topic].partitions)
        if not partitions:
            raise SystemExit(f"there is no topic {topic} at {CLIENT['bootstrap.servers']}")
        unread = set(partitions[part::parts])
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in unread])
        while unread or follow:
            message = consumer.poll(1)
            if message is None or (message.error() and message.error().code() == KafkaError.GROUP_AUTHORIZATION_FAILED):
                continue  # nothing has come, or there is no right to the group, which is not used
            if message.error() and message.error().code() == KafkaError._PARTITION_EOF:
                unread.discard(message.partition())
                if not unread:
                    yield None
            elif message.error():
                raise KafkaException(message.error())
            elif message.value() is not None:  # else its key was deleted
                yield from used(message, name, use)


def used(message, name, use):
    try:
        return [use(decode(name, message.value()))]
    except Exception as error:  # whatever is in a record, the program goes on
        print(f"{message.topic()}-{message.partition()}@{message.offset()} is skipped: {error}", file=sys.stderr)
        return []
