package io.stillstream.runtime.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.http.client.TrustedAuthorities;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.TlsTrustManagersProvider;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * Makes the client. Nothing is taken from files or variables that the settings do not name, unless
 * they ask for AWS's own chain of credentials.
 */
public final class S3ClientFactory {
  private final String key;
  private final ObjectStoreConnection connection;

  /**
   * @param key of the settings of the connection, for messages
   */
  public S3ClientFactory(String key, ObjectStoreConnection connection) {
    this.key = key;
    this.connection = connection;
  }

  /**
   * The authorities that an HTTP client for this connection has to trust; empty for the JVM's.
   *
   * @throws StartupException if their file cannot be used
   */
  public Optional<TlsTrustManagersProvider> trust() {
    return connection
        .certificates()
        .map(
            file -> {
              TrustManager[] trusted = TrustedAuthorities.read(key + ".certificates", file);
              return () -> trusted;
            });
  }

  /**
   * A client; nothing is connected to yet.
   *
   * @param http how to send requests; the client closes it
   * @throws StartupException if a file with a key cannot be read
   */
  public S3Client open(SdkHttpClient.Builder<?> http, S3RequestPolicy requests) {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(http)
            .region(Region.of(connection.region()))
            .forcePathStyle(connection.pathStyle())
            .fipsEnabled(false)
            .dualstackEnabled(false)
            .credentialsProvider(
                connection
                    .credentials()
                    .map(this::credentials)
                    .orElseGet(AnonymousCredentialsProvider::create))
            .requestChecksumCalculation(
                requests.checksums()
                    ? RequestChecksumCalculation.WHEN_SUPPORTED
                    : RequestChecksumCalculation.WHEN_REQUIRED)
            // Callers compare SHA-256 where they know it, and distinguish damage from an
            // unavailable store.
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(overrides(requests));
    connection.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  private ClientOverrideConfiguration overrides(S3RequestPolicy requests) {
    ClientOverrideConfiguration.Builder overrides =
        ClientOverrideConfiguration.builder()
            // A socket has no time-out for writing; this ends an attempt that the server does not
            // read.
            .apiCallAttemptTimeout(requests.attempt())
            .retryStrategy(
                StandardRetryStrategy.builder().maxAttempts(requests.retries() + 1).build());
    if (!connection.credentials().map(ObjectStoreCredentials::awsChain).orElse(false)) {
      overrides.defaultProfileFile(none());
    }
    return overrides.build();
  }

  private static ProfileFile none() {
    return ProfileFile.builder()
        .content(new ByteArrayInputStream(new byte[0]))
        .type(ProfileFile.Type.CONFIGURATION)
        .build();
  }

  private AwsCredentialsProvider credentials(ObjectStoreCredentials credentials) {
    if (credentials.awsChain()) {
      return DefaultCredentialsProvider.builder().build();
    }
    if (credentials.accessKeyFile().isPresent()) {
      Path access = credentials.accessKeyFile().get();
      Path secret = credentials.secretKeyFile().orElseThrow();
      // Once now, so that a missing file ends the start.
      AwsBasicCredentials.create(
          start("credentials.access-key-file", access),
          start("credentials.secret-key-file", secret));
      return () -> AwsBasicCredentials.create(text(access), text(secret));
    }
    String access = credentials.accessKey().orElseThrow();
    String secret = credentials.secretKey().orElseThrow();
    return StaticCredentialsProvider.create(
        credentials.sessionToken().isPresent()
            ? AwsSessionCredentials.create(access, secret, credentials.sessionToken().get())
            : AwsBasicCredentials.create(access, secret));
  }

  private String start(String name, Path file) {
    try {
      return text(file);
    } catch (IllegalStateException e) {
      throw new StartupException(key + "." + name + ": " + e.getMessage(), e);
    }
  }

  private static String text(Path file) {
    try {
      String text = Files.readString(file, UTF_8).strip();
      if (text.isEmpty()) {
        throw new IllegalStateException(file + " is empty");
      }
      return text;
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalStateException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
