/**
 * The Kafka Streams processor and what it needs: record in, views or a dead letter out, and how an
 * absent broker or registry is handled.
 */
package io.stillstream.augmenter.topology;
