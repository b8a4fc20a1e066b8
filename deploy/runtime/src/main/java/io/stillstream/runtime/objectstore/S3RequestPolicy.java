package io.stillstream.runtime.objectstore;

import java.time.Duration;

/**
 * How long a request to a store may take, and how often it is sent.
 *
 * @param attempt longest time of one attempt, sending or receiving an object included
 * @param retries after the first attempt
 * @param checksums whether a checksum is added to what is sent, wherever the protocol has one
 */
public record S3RequestPolicy(Duration attempt, int retries, boolean checksums) {}
