// Reads topics as any JavaScript program would: kafkajs with its stock settings, values decoded by both of the registry
// clients that there are. Usage: node read-topics.js BROKERS REGISTRY OUT TOPIC=RECORDS…
//
// Ends when so many committed records of each topic have come, and writes them to OUT, one JSON object per line. A value that
// is not Avro (it does not begin with a zero byte) is given as text; bytes within records are given by their number.
'use strict';

const fs = require('node:fs');
const { isDeepStrictEqual } = require('node:util');
const { Kafka, logLevel } = require('kafkajs');
const { SchemaRegistry } = require('@kafkajs/confluent-schema-registry');
const { AvroDeserializer, SchemaRegistryClient, SerdeType } = require('@confluentinc/schemaregistry');

const [brokers, host, out, ...wanted] = process.argv.slice(2);
const missing = new Map(wanted.map((each) => each.split('=')).map(([topic, records]) => [topic, Number(records)]));
const topics = [...missing.keys()];

const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.ERROR });
const kafkajs = new SchemaRegistry({ host });
const confluent = new AvroDeserializer(new SchemaRegistryClient({ baseURLs: [host] }), SerdeType.VALUE, {});

const plain = (value) => JSON.parse(JSON.stringify(value, (key, each) =>
  each && each.type === 'Buffer' ? { bytes: each.data.length } : each));

async function decoded(topic, value) {
  if (value === null || value[0] !== 0) {
    return value === null ? null : value.toString();
  }
  const one = plain(await kafkajs.decode(value));
  const other = plain(await confluent.deserialize(topic, value));
  if (!isDeepStrictEqual(one, other)) {
    throw new Error(`kafkajs reads ${JSON.stringify(one)}, Confluent's client ${JSON.stringify(other)}`);
  }
  return one;
}

async function main() {
  const consumer = kafka.consumer({ groupId: 'javascript' });
  const lines = new Map();
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await new Promise((resolve, reject) => {
    // It starts anew by itself where that may help: a group's coordinator may still be loading.
    consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error));
    const done = () => [...missing.values()].every((records) => records <= 0) && resolve();
    done();
    consumer.run({
      eachMessage: async ({ topic, partition, message }) => {
        const at = `${topic}-${partition}@${message.offset}`;
        if (lines.has(at)) {
          return; // it started anew
        }
        try {
          const headers = Object.keys(message.headers);
          const key = message.key && message.key.toString();
          lines.set(at, JSON.stringify({ topic, at, key, headers, value: await decoded(topic, message.value) }));
        } catch (error) {
          reject(new Error(`${at}: ${error.stack}`));
        }
        missing.set(topic, missing.get(topic) - 1);
        done();
      },
    }).catch(reject);
  });
  fs.writeFileSync(out, [...lines.values()].map((line) => line + '\n').join(''));
  await consumer.disconnect();
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
