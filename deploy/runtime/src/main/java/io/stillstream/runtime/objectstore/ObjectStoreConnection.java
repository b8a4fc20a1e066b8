package io.stillstream.runtime.objectstore;

import io.stillstream.runtime.config.Default;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a store is reached, and who a service is to it.
 *
 * @param endpoint of a store that is not AWS's own
 * @param pathStyle whether the bucket is in the path, rather than in the host's name
 * @param credentials none for buckets that anybody may read
 * @param certificates PEM file of the authorities to trust, instead of the JVM's
 */
public record ObjectStoreConnection(
    Optional<URI> endpoint,
    @Default("us-east-1") String region,
    @Default("true") boolean pathStyle,
    Optional<ObjectStoreCredentials> credentials,
    Optional<Path> certificates) {

  public ObjectStoreConnection {
    List<String> errors = problems(endpoint, region);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  /** What is wrong with the keys of these names: none if nothing is. */
  public static List<String> problems(Optional<URI> endpoint, String region) {
    List<String> problems = new ArrayList<>();
    endpoint.ifPresent(
        uri -> {
          boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
          if (!web || uri.getHost() == null || uri.getUserInfo() != null) {
            problems.add(
                "endpoint must be http:// or https:// and a host, without user and password");
          }
        });
    if (region.isBlank()) {
      problems.add("region must not be empty");
    }
    return problems;
  }
}
