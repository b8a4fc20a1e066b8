/**
 * Settings of Kafka clients, and what is asked of brokers at the start: whether they answer,
 * topics, record sizes, and why a connection is refused.
 */
package io.stillstream.runtime.kafka;
