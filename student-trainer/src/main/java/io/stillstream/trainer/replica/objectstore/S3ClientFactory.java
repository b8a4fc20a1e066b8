package io.stillstream.trainer.replica.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.http.TrustedAuthorities;
import io.stillstream.runtime.objectstore.ObjectStoreCredentials;
import io.stillstream.trainer.replica.objectstore.ObjectStoreSettings.Checksums;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.TrustManager;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
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
  private S3ClientFactory() {}

  public static ObjectStore open(ObjectStoreSettings settings) {
    UrlConnectionHttpClient.Builder http =
        UrlConnectionHttpClient.builder()
            .connectionTimeout(settings.connectTimeout())
            .socketTimeout(settings.requestTimeout())
            .proxyConfiguration(
                ProxyConfiguration.builder()
                    .useSystemPropertyValues(true)
                    .useEnvironmentVariablesValues(false)
                    .build());
    settings
        .certificates()
        .ifPresent(
            file -> {
              TrustManager[] trusted = TrustedAuthorities.read("store.certificates", file);
              http.tlsTrustManagersProvider(() -> trusted);
            });
    boolean required = settings.checksums() == Checksums.WHEN_REQUIRED;
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(http)
            .region(Region.of(settings.region()))
            .forcePathStyle(settings.pathStyle())
            .fipsEnabled(false)
            .dualstackEnabled(false)
            .credentialsProvider(credentials(settings.credentials()))
            .requestChecksumCalculation(
                required
                    ? RequestChecksumCalculation.WHEN_REQUIRED
                    : RequestChecksumCalculation.WHEN_SUPPORTED)
            // What comes is checked against the head, and damage is distinguished from an
            // unavailable store.
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(overrides(settings));
    settings.endpoint().ifPresent(builder::endpointOverride);
    return new S3ObjectStore(builder.build(), settings.bucket(), settings.conditionalWrites());
  }

  private static ClientOverrideConfiguration overrides(ObjectStoreSettings settings) {
    ClientOverrideConfiguration.Builder overrides =
        ClientOverrideConfiguration.builder()
            // A socket has no time-out for writing; this ends an attempt that the server does not
            // read.
            .apiCallAttemptTimeout(settings.requestTimeout())
            .retryStrategy(
                StandardRetryStrategy.builder().maxAttempts(settings.retries() + 1).build());
    if (!settings.credentials().awsChain()) {
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

  private static AwsCredentialsProvider credentials(ObjectStoreCredentials credentials) {
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

  private static String start(String key, Path file) {
    try {
      return text(file);
    } catch (IllegalStateException e) {
      throw new StartupException("store." + key + ": " + e.getMessage(), e);
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
