/**
 * The live page of a running pipeline, a process of its own. Reads topics and the trainer's HTTP
 * answers; writes nothing to Kafka.
 */
package io.stillstream.page;
