/** Settings of the labeler's Kafka clients, and which of their failures are final. */
package io.stillstream.labeler.kafka;
