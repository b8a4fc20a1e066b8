package io.stillstream.trainer.replica.objectstore;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.objectstore.ObjectStoreConnection;
import io.stillstream.runtime.objectstore.ObjectStoreCredentials;
import io.stillstream.runtime.objectstore.S3RequestPolicy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where copies go, beside the directory.
 *
 * @param endpoint of a store that is not AWS's own
 * @param prefix of all keys; the student's name if left out
 * @param pathStyle whether the bucket is in the path, rather than in the host's name
 * @param certificates PEM file of the authorities to trust, instead of the JVM's
 * @param requestTimeout of one attempt, sending or receiving an object included
 * @param retries after the first attempt
 * @param conditionalWrites whether the store can compare and set
 * @param keep how many checkpoints
 * @param releaseUri what the events of releases name
 * @param onStop how long a clean stop waits for what is not copied yet
 */
public record ObjectStoreSettings(
    Optional<URI> endpoint,
    @Default("us-east-1") String region,
    String bucket,
    Optional<String> prefix,
    @Default("true") boolean pathStyle,
    ObjectStoreCredentials credentials,
    Optional<Path> certificates,
    @Default("5s") Duration connectTimeout,
    @Default("60s") Duration requestTimeout,
    @Default("3") int retries,
    @Default("when-supported") Checksums checksums,
    @Default("true") boolean conditionalWrites,
    @Default("2") int keep,
    @Default("store") ReleaseUri releaseUri,
    @Default("30s") Duration onStop) {

  public ObjectStoreSettings {
    List<String> errors = new ArrayList<>(ObjectStoreConnection.problems(endpoint, region));
    if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
      errors.add(
          "bucket must be 3 to 63 lower-case letters, digits, dots and hyphens, was " + bucket);
    }
    prefix.ifPresent(
        text -> {
          if (!text.matches("[\\w.-]+(/[\\w.-]+)*")) {
            errors.add(
                "prefix must be names of letters, digits, dots, hyphens and underscores with one /"
                    + " between them, was "
                    + text);
          }
        });
    positive(errors, "connect-timeout", connectTimeout);
    positive(errors, "request-timeout", requestTimeout);
    if (retries < 0) {
      errors.add("retries must not be negative, was " + retries);
    }
    if (keep < 1) {
      errors.add("keep must be at least 1, was " + keep);
    }
    if (onStop.isNegative()) {
      errors.add("on-stop must not be negative, was " + onStop.toMillis() + "ms");
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  /** When the client adds a checksum to what it sends. */
  public enum Checksums {
    WHEN_SUPPORTED,
    /** For stores that do not know such headers. */
    WHEN_REQUIRED
  }

  /** What the event of a release names. */
  public enum ReleaseUri {
    /** The directory, at once. */
    FILE,
    /** The copy, as soon as it is there. */
    STORE
  }

  ObjectStoreConnection connection() {
    return new ObjectStoreConnection(
        endpoint, region, pathStyle, Optional.of(credentials), certificates);
  }

  S3RequestPolicy requests() {
    return new S3RequestPolicy(requestTimeout, retries, checksums == Checksums.WHEN_SUPPORTED);
  }

  /** The prefix of all keys, with a slash at its end. */
  public String root(String student) {
    return prefix.orElseGet(() -> student.replaceAll("[^\\w.-]", "_")) + "/";
  }

  private static void positive(List<String> errors, String key, Duration value) {
    if (value.isZero() || value.isNegative()) {
      errors.add(key + " must be positive, was " + value.toMillis() + "ms");
    }
  }
}
