package io.stillstream.augmenter.fetch.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.runtime.objectstore.S3ClientFactory;
import io.stillstream.runtime.objectstore.S3RequestPolicy;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Reads objects of S3, or of a server that speaks its language. */
final class S3ObjectReader implements SchemeReader {
  /** What S3 allows; beyond it servers differ in their errors. */
  private static final int MOST_KEY_BYTES = 1024;

  private final S3Client client;

  S3ObjectReader(FetchSettings settings) {
    S3ClientFactory factory = new S3ClientFactory("fetch.store", settings.store().orElseThrow());
    Apache5HttpClient.Builder http =
        Apache5HttpClient.builder()
            .maxConnections(settings.connections())
            .connectionTimeout(settings.connectTimeout())
            .socketTimeout(settings.timeout())
            .connectionAcquisitionTimeout(settings.timeout())
            .proxyConfiguration(
                ProxyConfiguration.builder()
                    .useSystemPropertyValues(true)
                    .useEnvironmentVariableValues(false)
                    .build());
    factory.trust().ifPresent(http::tlsTrustManagersProvider);
    this.client = factory.open(http, new S3RequestPolicy(settings.timeout(), 0, false));
  }

  @Override
  public byte[] read(ObjectAddress address, SizeLimit limit)
      throws RefusedObjectException, InterruptedException {
    return get(
        address,
        (response, in) -> {
          try {
            Long size = response.contentLength();
            return limit.read(address, in, size == null ? -1 : size);
          } catch (RejectedObjectException | IOException e) {
            // Otherwise the rest is read, so that the connection becomes free.
            in.abort();
            throw e;
          }
        });
  }

  @Override
  public void probe(ObjectAddress address) throws RefusedObjectException, InterruptedException {
    get(
        address,
        (response, in) -> {
          in.abort();
          return new byte[0];
        });
  }

  private byte[] get(ObjectAddress address, ResponseTransformer<GetObjectResponse, byte[]> body)
      throws RefusedObjectException, InterruptedException {
    String key = address.path().substring(1);
    if (key.getBytes(UTF_8).length > MOST_KEY_BYTES) {
      throw new RejectedObjectException(
          ObjectRejection.NOT_FOUND, address + " is longer than the key of an object can be");
    }
    try {
      return client.getObject(get -> get.bucket(address.host()).key(key), body);
    } catch (S3Exception e) {
      throw refused(address, e);
    } catch (SdkException | IllegalStateException | RejectedExecutionException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("while " + address + " was read");
      }
      throw failed(address, e);
    }
  }

  /** The client wraps what the reader of the body throws, once or twice. */
  private static RuntimeException failed(ObjectAddress address, RuntimeException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof RejectedObjectException rejected) {
        return rejected;
      }
      if (cause instanceof IOException broken) {
        return unavailable(address, HttpFailures.text(broken), e);
      }
    }
    return unavailable(address, e.getMessage(), e);
  }

  private static RuntimeException refused(ObjectAddress address, S3Exception e)
      throws RefusedObjectException {
    AwsErrorDetails details = e.awsErrorDetails();
    String code = details == null || details.errorCode() == null ? "" : details.errorCode();
    String text = "status " + e.statusCode() + (code.isEmpty() ? "" : ", " + code);
    int status = e.statusCode();
    if (code.equals("NoSuchKey")) {
      return new RejectedObjectException(
          ObjectRejection.NOT_FOUND, "%s is not there: %s".formatted(address, text));
    }
    // Without its bucket no object is there; and a bucket of another region is answered by 301.
    boolean other = status < 400 || code.equals("NoSuchBucket");
    if (other || status == 408 || status == 425 || status == 429 || status >= 500) {
      return unavailable(address, text, e);
    }
    if (status == 404 || status == 410) {
      return new RejectedObjectException(
          ObjectRejection.NOT_FOUND, "%s is not there: %s".formatted(address, text));
    }
    throw new RefusedObjectException("%s is not given out: %s".formatted(address, text), e);
  }

  private static UnavailableObjectException unavailable(
      ObjectAddress address, String text, Exception cause) {
    return new UnavailableObjectException("%s cannot be read: %s".formatted(address, text), cause);
  }

  @Override
  public void close() {
    client.close();
  }
}
