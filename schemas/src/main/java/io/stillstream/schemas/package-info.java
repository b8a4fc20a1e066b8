/**
 * The Avro records in topics, generated from {@code src/main/avro}. Their namespace is part of the
 * schemas and never changes; no class is written by hand here.
 */
package io.stillstream.schemas;
