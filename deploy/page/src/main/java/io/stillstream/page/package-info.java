/**
 * The live page of a running pipeline, served on the management port. Reads topics and the
 * trainer's state; writes nothing to Kafka.
 */
package io.stillstream.page;
