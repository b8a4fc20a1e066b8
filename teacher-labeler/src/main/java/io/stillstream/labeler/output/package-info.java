/** Labelled views and dead letters, sent with the consumed offsets in Kafka transactions. */
package io.stillstream.labeler.output;
