/**
 * Values inside of records: float arrays as lists without boxing, and recipes as text. Depends on
 * neither Kafka nor the registry.
 */
package io.stillstream.schemas.values;
