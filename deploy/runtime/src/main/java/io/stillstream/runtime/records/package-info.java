/**
 * Records of Kafka as services process them: deserialization and serialization in a service's own
 * loop, dead letters, coordinates, trace context, and the rule for unexpected failures. The only
 * package of this module that uses the wire format.
 */
package io.stillstream.runtime.records;
