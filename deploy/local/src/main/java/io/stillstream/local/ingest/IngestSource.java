package io.stillstream.local.ingest;

import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.runtime.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What is to be sent, always in the same order.
 *
 * @param classes names of the class indices, empty when there are none to tell
 */
record IngestSource(List<IngestItem> items, List<String> classes) {

  /**
   * A folder of images, or an idx file of images with its labels beside it.
   *
   * @param labels CSV of file and label for a folder, or the idx file of labels
   * @param masks folder of masks, for a folder: {@code a/b.png} there is that of {@code a/b.jpg}
   * @throws StartupException when there is nothing to send, or the labels are wrong
   */
  static IngestSource of(Path path, Optional<Path> labels, Optional<Path> masks) {
    if (Files.isDirectory(path)) {
      return new FolderScanner(path, labels.map(LabelCsv::read), masks.map(MaskFolder::open))
          .source();
    }
    if (!Files.isRegularFile(path)) {
      throw new StartupException("there is no folder or file " + path);
    }
    if (masks.isPresent()) {
      throw new StartupException("--masks is for a folder of images, " + path + " is a file");
    }
    IdxLabeledImages set = IdxLabeledImages.of(path, labels.orElseGet(() -> labelsBeside(path)));
    List<IngestItem> items =
        IntStream.range(0, set.size())
            .mapToObj(
                i ->
                    new IngestItem(
                        String.format("%06d", i),
                        set.label(i),
                        () -> new IngestItem.Encoded("image/png", set.png(i), null)))
            .toList();
    return new IngestSource(items, List.of());
  }

  private static Path labelsBeside(Path images) {
    String name = images.getFileName().toString();
    Path labels = images.resolveSibling(name.replace("images", "labels").replace("idx3", "idx1"));
    if (labels.equals(images) || !Files.isRegularFile(labels)) {
      throw new StartupException(
          images
              + ": is taken for an idx file, but its labels are not beside it; name them with"
              + " --labels");
    }
    return labels;
  }
}
