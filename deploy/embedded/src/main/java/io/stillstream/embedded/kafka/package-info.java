/** A one-node Kafka cluster (KRaft) inside this JVM, with or without TLS, SASL and ACLs. */
package io.stillstream.embedded.kafka;
