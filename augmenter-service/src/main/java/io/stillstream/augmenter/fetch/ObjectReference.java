package io.stillstream.augmenter.fetch;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * An object outside of Kafka, as an image event names it.
 *
 * @param uri as the event has it, not checked in any way
 * @param size bytes of the object, if the event says so
 * @param sha256 of the object in lower-case hexadecimal digits, if the event says so
 */
public record ObjectReference(String uri, OptionalLong size, Optional<String> sha256) {}
