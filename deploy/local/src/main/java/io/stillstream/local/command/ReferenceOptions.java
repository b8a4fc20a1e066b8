package io.stillstream.local.command;

import io.stillstream.runtime.config.StartupException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of {@code ingest} that send addresses of images, and not the images. */
final class ReferenceOptions {
  @Option(names = "--by-reference", description = "Send addresses of images; needs --to or --uris.")
  private boolean byReference;

  @Option(
      names = "--to",
      paramLabel = "PREFIX",
      description = "Upload to s3://bucket/folder/ or file:///directory/; see also --config.")
  private Optional<String> to = Optional.empty();

  @Option(
      names = "--uris",
      paramLabel = "FILE",
      description = "An address in each line; or a CSV with a heading, as uri,label,sha256.")
  private Optional<Path> uris = Optional.empty();

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      description =
          "With --to: largest file, as fetch.max-bytes of the augmenter; default: 64 MiB.")
  private long maxBytes = 64L << 20;

  @Option(
      names = "--upload-threads",
      paramLabel = "N",
      description = "With --to: uploads at the same time, 1 to 256; default: 16.")
  private int uploadThreads = 16;

  /** Where images are uploaded to; empty if they are not. */
  Optional<String> to() {
    return to;
  }

  /** The file of addresses; empty if images are read. */
  Optional<Path> uris() {
    return uris;
  }

  /** Of a file that is uploaded. */
  long maxBytes() {
    return maxBytes;
  }

  int uploadThreads() {
    return uploadThreads;
  }

  /**
   * Checks them.
   *
   * @param path the images
   * @param hasLabelFiles whether files of labels or masks are given
   * @throws StartupException if they do not fit together
   */
  void requireOneWay(Optional<Path> path, boolean hasLabelFiles) {
    require(
        byReference == (to.isPresent() || uris.isPresent()),
        "--by-reference goes with --to, which uploads, or --uris, which sends addresses only");
    require(to.isEmpty() || uris.isEmpty(), "give one of --to and --uris, not both");
    require(path.isPresent() || uris.isPresent(), "PATH is missing: a folder, or an idx file");
    require(path.isEmpty() || uris.isEmpty(), "PATH and --uris exclude each other");
    require(
        uris.isEmpty() || !hasLabelFiles,
        "--labels and --masks are for files: labels of addresses are a column of --uris");
    require(maxBytes >= 1, "--max-bytes must be at least 1, was " + maxBytes);
    require(
        uploadThreads >= 1 && uploadThreads <= 256,
        "--upload-threads must be within 1 and 256, was " + uploadThreads);
  }

  private static void require(boolean rule, String message) {
    if (!rule) {
      throw new StartupException(message);
    }
  }
}
