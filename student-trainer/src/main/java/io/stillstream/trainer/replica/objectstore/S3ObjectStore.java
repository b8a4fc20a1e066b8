package io.stillstream.trainer.replica.objectstore;

import io.stillstream.runtime.objectstore.S3ClientFactory;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException.Reason;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A bucket of S3, or of a server that speaks its language. */
final class S3ObjectStore implements ObjectStore {
  private static final String BINARY = "application/octet-stream";

  private final S3Client client;
  private final String bucket;
  private final boolean conditional;

  /**
   * @param conditional whether the server knows {@code If-Match}; without it, {@link #replace}
   *     reads before it writes, and another write may come between
   */
  S3ObjectStore(S3Client client, String bucket, boolean conditional) {
    this.client = client;
    this.bucket = bucket;
    this.conditional = conditional;
  }

  /**
   * Opens the client. Nothing is connected to yet.
   *
   * @throws io.stillstream.runtime.config.StartupException if a file of the settings cannot be used
   */
  static S3ObjectStore open(ObjectStoreSettings settings) {
    S3ClientFactory factory = new S3ClientFactory("store", settings.connection());
    UrlConnectionHttpClient.Builder http =
        UrlConnectionHttpClient.builder()
            .connectionTimeout(settings.connectTimeout())
            .socketTimeout(settings.requestTimeout())
            .proxyConfiguration(
                ProxyConfiguration.builder()
                    .useSystemPropertyValues(true)
                    .useEnvironmentVariablesValues(false)
                    .build());
    factory.trust().ifPresent(http::tlsTrustManagersProvider);
    return new S3ObjectStore(
        factory.open(http, settings.requests()), settings.bucket(), settings.conditionalWrites());
  }

  @Override
  public String uri(String key) {
    return "s3://" + bucket + "/" + key;
  }

  @Override
  public Optional<TaggedObject> read(String key) throws ObjectStoreException {
    try {
      ResponseBytes<GetObjectResponse> object =
          call("read", key, () -> client.getObjectAsBytes(get -> get.bucket(bucket).key(key)));
      return Optional.of(new TaggedObject(object.asByteArrayUnsafe(), object.response().eTag()));
    } catch (ObjectStoreException e) {
      if (e.reason() == Reason.ABSENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public InputStream open(String key) throws ObjectStoreException {
    return new S3ObjectInputStream(
        call("read", key, () -> client.getObject(get -> get.bucket(bucket).key(key))));
  }

  @Override
  public void write(String key, byte[] bytes, int length) throws ObjectStoreException {
    put(PutObjectRequest.builder().key(key), key, bytes, length);
  }

  @Override
  public String replace(String key, byte[] bytes, Optional<String> expected)
      throws ObjectStoreException {
    PutObjectRequest.Builder put = PutObjectRequest.builder().key(key);
    if (conditional) {
      if (expected.isPresent()) {
        put.ifMatch(expected.get());
      } else {
        put.ifNoneMatch("*");
      }
    } else if (!read(key).map(TaggedObject::tag).equals(expected)) {
      throw new ObjectStoreException(Reason.CONFLICT, uri(key) + " is not as it was", null);
    }
    return put(put, key, bytes, bytes.length);
  }

  private String put(PutObjectRequest.Builder put, String key, byte[] bytes, int length)
      throws ObjectStoreException {
    RequestBody body =
        RequestBody.fromContentProvider(
            () -> new ByteArrayInputStream(bytes, 0, length), length, BINARY);
    return call("written", key, () -> client.putObject(put.bucket(bucket).build(), body).eTag());
  }

  @Override
  public List<String> list(String prefix) throws ObjectStoreException {
    return call(
        "listed",
        prefix,
        () ->
            client
                .listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix))
                .contents()
                .stream()
                .map(S3Object::key)
                .toList());
  }

  /** One by one: requests for many at once are what the smaller servers differ in. */
  @Override
  public void delete(Collection<String> keys) throws ObjectStoreException {
    for (String key : new ArrayList<>(keys)) {
      call("deleted", key, () -> client.deleteObject(delete -> delete.bucket(bucket).key(key)));
    }
  }

  @Override
  public void close() {
    client.close();
  }

  /**
   * @param done to the object, for messages
   */
  private <T> T call(String done, String key, Supplier<T> call) throws ObjectStoreException {
    try {
      return call.get();
    } catch (NoSuchKeyException e) {
      throw new ObjectStoreException(Reason.ABSENT, uri(key) + " is not there", e);
    } catch (S3Exception e) {
      throw new ObjectStoreException(reason(e), failed(done, key) + text(e), e);
    } catch (SdkException | IllegalStateException e) {
      throw new ObjectStoreException(Reason.AWAY, failed(done, key) + e.getMessage(), e);
    }
  }

  private String failed(String done, String key) {
    return uri(key) + " cannot be " + done + ": ";
  }

  private static Reason reason(S3Exception e) {
    return switch (e.statusCode()) {
      // 301: the bucket is in another region. 405 and 501: it is read-only, or has no conditional
      // writes.
      case 301, 400, 401, 403, 404, 405, 501 -> Reason.REFUSED;
      case 409, 412 -> Reason.CONFLICT;
      default -> Reason.AWAY;
    };
  }

  private static String text(S3Exception e) {
    AwsErrorDetails details = e.awsErrorDetails();
    String code = details == null || details.errorCode() == null ? "" : details.errorCode() + ", ";
    String message = details == null ? e.getMessage() : details.errorMessage();
    return code + "status " + e.statusCode() + (message == null ? "" : ": " + message);
  }
}
