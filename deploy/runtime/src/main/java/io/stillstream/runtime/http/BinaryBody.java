package io.stillstream.runtime.http;

/**
 * The body of a reply that is no JSON.
 *
 * @param type content type, such as {@code image/png}
 * @param bytes not copied
 */
@SuppressWarnings("ArrayRecordComponent") // made once, sent once
public record BinaryBody(String type, byte[] bytes) {}
