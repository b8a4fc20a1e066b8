/**
 * The augmenter as a service: Kafka Streams around the domain in {@code policy} and {@code image}.
 */
package io.stillstream.augmenter;
