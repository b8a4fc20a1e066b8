/**
 * A client of the schema registry's REST API (Confluent's), and the settings that serializer and
 * deserializer share. Does not depend on the wire format.
 */
package io.stillstream.schemas.registry;
