/**
 * The live page of a running pipeline, a process of its own. Reads topics and the trainer's HTTP
 * answers; writes nothing to Kafka but labels that readers give, where the settings allow it.
 */
package io.stillstream.page;
