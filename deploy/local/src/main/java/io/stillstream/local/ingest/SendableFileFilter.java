package io.stillstream.local.ingest;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.image.ImageFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells which files the pipeline takes by their size and first bytes, without reading them. */
public final class SendableFileFilter {
  private static final int HEAD = 64;

  private SendableFileFilter() {}

  /** Whether a file looks like a picture that fits a record; it may be damaged all the same. */
  public static boolean isSendable(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Files.size(file) <= ImageSender.MAX_PAYLOAD_BYTES
          && ImageFormat.of(ByteBuffer.wrap(in.readNBytes(HEAD))).isPresent();
    } catch (IOException e) {
      throw new StartupException(file + " cannot be read: " + e, e);
    }
  }
}
