/** The Kafka Streams store of recent images that can be mixed into others, and its limits. */
package io.stillstream.augmenter.store;
