package io.stillstream.local.ingest;

import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.objects.ObjectUploader;
import io.stillstream.runtime.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What is to be sent, always in the same order.
 *
 * @param classes names of the class indices, empty when there are none to tell
 */
public record IngestSource(List<IngestItem> items, List<String> classes) {
  private static final int MEMORY_SHARE = 4;

  /**
   * A folder of images, or an idx file of images with its labels beside it; each image travels in
   * its event.
   *
   * @param labels CSV of file and label for a folder, or the idx file of labels
   * @param masks folder of masks, for a folder: {@code a/b.png} there is that of {@code a/b.jpg}
   * @throws StartupException when there is nothing to send, or the labels are wrong
   */
  public static IngestSource of(Path path, Optional<Path> labels, Optional<Path> masks) {
    return of(path, labels, masks, OptionalLong.empty());
  }

  /**
   * The same, but each image is put into a store when it is read, and its event says where it is.
   *
   * @param mostBytes of a file; larger ones are passed over
   * @param sourceName begins the names of the objects
   */
  public static IngestSource uploaded(
      Path path,
      Optional<Path> labels,
      Optional<Path> masks,
      long mostBytes,
      ObjectUploader store,
      String sourceName) {
    IngestSource source = of(path, labels, masks, OptionalLong.of(mostBytes));
    ImageUpload upload =
        new ImageUpload(store, sourceName, Runtime.getRuntime().maxMemory() / MEMORY_SHARE);
    return new IngestSource(source.items().stream().map(upload::of).toList(), source.classes());
  }

  /**
   * Images that a file names by their addresses; nothing is read from these.
   *
   * @param check throws an {@link IllegalArgumentException} naming the rule that an address breaks
   * @throws StartupException when there are none, or the file is wrong
   */
  public static IngestSource addresses(Path file, Consumer<String> check) {
    return AddressList.read(file, check).source();
  }

  private static IngestSource of(
      Path path, Optional<Path> labels, Optional<Path> masks, OptionalLong mostBytes) {
    if (Files.isDirectory(path)) {
      return new FolderScanner(
              path, labels.map(LabelCsv::read), masks.map(MaskFolder::open), mostBytes)
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
                        () -> IngestItem.Encoded.byValue("image/png", set.png(i), null)))
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
