/**
 * Dynamic batching: when a batch closes, and how large one may be. Part of the domain: depends on
 * neither Kafka nor models nor a clock.
 */
package io.stillstream.labeler.batching;
