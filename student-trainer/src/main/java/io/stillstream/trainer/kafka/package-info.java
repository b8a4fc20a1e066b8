/**
 * Kafka clients and the consumer of labelled views and late labels: partitions merged into one
 * order, offset gaps and recreated topics detected. No consumer group.
 */
package io.stillstream.trainer.kafka;
