package io.stillstream.local.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Optional;

/** Tells media types by the first bytes of a file (RFC 9649 for WebP; the others by custom). */
public final class ContentTypes {
  private ContentTypes() {}

  /** The type of a file; empty if it is none of JPEG, PNG, WebP, BMP. */
  public static Optional<String> of(byte[] file) {
    String head = new String(file, 0, Math.min(file.length, 12), ISO_8859_1);
    if (head.startsWith("\u00ff\u00d8\u00ff")) {
      return Optional.of("image/jpeg");
    }
    if (head.startsWith("\u0089PNG\r\n\u001a\n")) {
      return Optional.of("image/png");
    }
    if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
      return Optional.of("image/webp");
    }
    if (head.startsWith("BM")) {
      return Optional.of("image/bmp");
    }
    return Optional.empty();
  }
}
