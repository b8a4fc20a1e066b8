package io.stillstream.augmenter.fetch;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.objectstore.ObjectStoreCredentials;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the store of {@code s3://} addresses is reached.
 *
 * @param endpoint of a store that is not AWS's own
 * @param pathStyle whether the bucket is in the path, rather than in the host's name
 * @param credentials none for buckets that anybody may read
 * @param certificates PEM file of the authorities to trust, instead of the JVM's
 */
public record FetchStoreSettings(
    Optional<URI> endpoint,
    @Default("us-east-1") String region,
    @Default("true") boolean pathStyle,
    Optional<ObjectStoreCredentials> credentials,
    Optional<Path> certificates) {}
