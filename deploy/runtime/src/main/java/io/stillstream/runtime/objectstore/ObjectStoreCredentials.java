package io.stillstream.runtime.objectstore;

import io.stillstream.runtime.config.Default;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who a service is to the store: two keys, or two files with them, or what AWS's own chain finds.
 * Files are read again for every request, so that keys can be replaced while it runs.
 *
 * @param sessionToken only with keys
 * @param awsChain whether environment, profile and the metadata of container or instance are asked
 */
public record ObjectStoreCredentials(
    Optional<String> accessKey,
    Optional<String> secretKey,
    Optional<String> sessionToken,
    Optional<Path> accessKeyFile,
    Optional<Path> secretKeyFile,
    @Default("false") boolean awsChain) {

  public ObjectStoreCredentials {
    boolean keys = accessKey.isPresent() && secretKey.isPresent();
    boolean files = accessKeyFile.isPresent() && secretKeyFile.isPresent();
    boolean half =
        accessKey.isPresent() != secretKey.isPresent()
            || accessKeyFile.isPresent() != secretKeyFile.isPresent()
            || (sessionToken.isPresent() && !keys);
    int ways = (keys ? 1 : 0) + (files ? 1 : 0) + (awsChain ? 1 : 0);
    if (half || ways != 1) {
      throw new IllegalArgumentException(
          "must be access-key and secret-key, with session-token if there is one, or"
              + " access-key-file and secret-key-file, or aws-chain: true");
    }
  }

  /** Without the values, which are secret. */
  @Override
  public String toString() {
    return "ObjectStoreCredentials";
  }
}
