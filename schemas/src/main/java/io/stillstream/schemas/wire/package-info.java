/**
 * Serializer and deserializer for Confluent's wire format, and Avro's readers and writers behind
 * them.
 */
package io.stillstream.schemas.wire;
