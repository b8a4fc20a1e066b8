package io.stillstream.labeler.remote;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.runtime.config.SecretFile;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** A bearer token (RFC 6750) with each request. */
final class BearerToken extends CallCredentials {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Supplier<String> token;

  private BearerToken(Supplier<String> token) {
    this.token = token;
  }

  static BearerToken of(String token) {
    return new BearerToken(() -> token);
  }

  /** The file is read for each request, so that it may be exchanged. */
  static BearerToken in(Path file) {
    return new BearerToken(() -> read(file));
  }

  private static String read(Path file) {
    String text = SecretFile.read(file.toString()).strip();
    if (!TeacherSettings.TOKEN.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "file " + file + " must hold printable ASCII without spaces");
    }
    return text;
  }

  @Override
  public void applyRequestMetadata(
      RequestInfo request, Executor executor, MetadataApplier applier) {
    executor.execute(
        () -> {
          Metadata headers = new Metadata();
          try {
            headers.put(AUTHORIZATION, "Bearer " + token.get());
          } catch (IllegalArgumentException e) {
            applier.fail(Status.UNAUTHENTICATED.withDescription("token-file: " + e.getMessage()));
            return;
          }
          applier.apply(headers);
        });
  }
}
