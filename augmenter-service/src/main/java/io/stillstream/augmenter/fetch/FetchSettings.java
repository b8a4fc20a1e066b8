package io.stillstream.augmenter.fetch;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.objectstore.ObjectStoreConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How images are read that events name by an address.
 *
 * @param allow where objects may lie; no address is followed that none of these covers
 * @param store how the store of {@code s3://} addresses is reached; needed if any is allowed
 * @param certificates PEM file of the authorities to trust for {@code https://}, instead of the
 *     JVM's
 * @param threads that read at the same time, within 1 and 1024
 * @param maxBytes of one object, within 1 and 1 GiB
 * @param maxObjects that are read ahead, at least 1
 * @param maxTotalBytes of all objects that are read ahead, at least {@code maxBytes}
 * @param connectTimeout of a connection, TLS included
 * @param timeout of one object, from its request to its last byte
 */
public record FetchSettings(
    @Default("[]") List<AllowedPrefix> allow,
    Optional<ObjectStoreConnection> store,
    Optional<Path> certificates,
    @Default("32") int threads,
    @Default("67108864") long maxBytes,
    @Default("512") int maxObjects,
    @Default("134217728") long maxTotalBytes,
    @Default("5s") Duration connectTimeout,
    @Default("30s") Duration timeout) {
  private static final int MOST_THREADS = 1024;
  private static final long MOST_BYTES = 1L << 30;

  /** Checks all settings, and reports all errors at once. */
  public FetchSettings {
    List<String> errors = new ArrayList<>();
    within(errors, "threads", threads, MOST_THREADS);
    within(errors, "max-bytes", maxBytes, MOST_BYTES);
    if (maxObjects < 1) {
      errors.add("max-objects must be at least 1, was " + maxObjects);
    }
    if (maxTotalBytes < maxBytes) {
      errors.add(
          "max-total-bytes must be at least max-bytes, which is %d, was %d"
              .formatted(maxBytes, maxTotalBytes));
    }
    positive(errors, "connect-timeout", connectTimeout);
    positive(errors, "timeout", timeout);
    if (store.isEmpty() && allow.stream().anyMatch(one -> one.prefix().startsWith("s3://"))) {
      errors.add("store is required, because allow has an address of s3");
    }
    contradictions(errors, allow);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  /** With nothing allowed, as where the file has none. */
  public static FetchSettings disabled() {
    return new FetchSettings(
        List.of(),
        Optional.empty(),
        Optional.empty(),
        32,
        64 << 20,
        512,
        128 << 20,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30));
  }

  /**
   * Connections that are open at most: those that read ahead may all wait for memory, while the
   * object whose turn has come needs one more.
   */
  public int connections() {
    return 2 * threads;
  }

  /** The connections of a host serve all its prefixes, so that they must agree. */
  private static void contradictions(List<String> errors, List<AllowedPrefix> allow) {
    Map<String, Boolean> privateByHost = new TreeMap<>();
    for (AllowedPrefix one : allow) {
      if (!one.address().isWeb()) {
        continue; // a bucket may have the name of a host
      }
      String host = one.address().host();
      Boolean other = privateByHost.putIfAbsent(host, one.privateAddresses());
      if (other != null && other != one.privateAddresses()) {
        errors.add("allow has private-addresses for one prefix of " + host + ", but not for all");
      }
    }
  }

  private static void within(List<String> errors, String key, long value, long most) {
    if (value < 1 || value > most) {
      errors.add(key + " must be within 1 and " + most + ", was " + value);
    }
  }

  private static void positive(List<String> errors, String key, Duration value) {
    if (value.isZero() || value.isNegative()) {
      errors.add(key + " must be positive, was " + value.toMillis() + "ms");
    }
  }
}
