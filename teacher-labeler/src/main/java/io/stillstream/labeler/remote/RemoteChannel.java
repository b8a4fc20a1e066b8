package io.stillstream.labeler.remote;

import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.TlsChannelCredentials;
import io.stillstream.labeler.config.RemoteTeacherSettings;
import io.stillstream.labeler.config.TeacherSettings.Tls;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Opens the connection to a teacher's server. */
final class RemoteChannel {
  /** Beside the tensor, in a request or an answer: names, shapes, parameters. */
  static final int ENVELOPE = 16 << 10;

  /** Only while a request waits: servers close connections that ask too often. */
  private static final int KEEP_ALIVE_SECONDS = 60;

  /** Failures are told where they are handled; gRPC would add a stack trace for each. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  static {
    GRPC.setLevel(Level.SEVERE);
  }

  private RemoteChannel() {}

  /**
   * Connects lazily: that the server is away shows at the first request.
   *
   * @throws StartupException if a file for TLS cannot be read or is none such, or the server's name
   *     cannot be one
   */
  static ManagedChannel open(RemoteTeacherSettings settings) {
    ChannelCredentials credentials = credentials(settings);
    ManagedChannelBuilder<?> builder;
    try {
      builder =
          Grpc.newChannelBuilder(
              "dns:///%s:%d".formatted(settings.url().getHost(), settings.url().getPort()),
              credentials);
      settings.tls().serverName().ifPresent(builder::overrideAuthority);
    } catch (RuntimeException e) {
      // gRPC has no common type for them.
      throw new StartupException("tls: cannot be used: " + e.getMessage(), e);
    }
    return builder
        .maxInboundMessageSize(settings.maxMessageSize())
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  /** What shows the server who asks, if anything does. */
  static Optional<CallCredentials> token(RemoteTeacherSettings settings) {
    return settings
        .token()
        .map(BearerToken::of)
        .or(() -> settings.tokenFile().map(BearerToken::in))
        .map(token -> token);
  }

  private static ChannelCredentials credentials(RemoteTeacherSettings settings) {
    if (!settings.isEncrypted()) {
      return InsecureChannelCredentials.create();
    }
    Tls tls = settings.tls();
    TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
    try {
      if (tls.ca().isPresent()) {
        builder.trustManager(tls.ca().get().toFile());
      }
      if (tls.certificate().isPresent()) {
        builder.keyManager(
            tls.certificate().get().toFile(), tls.key().map(Path::toFile).orElseThrow());
      }
      return builder.build();
    } catch (IOException e) {
      throw new StartupException("tls: cannot be read: " + e.getMessage(), e);
    }
  }
}
