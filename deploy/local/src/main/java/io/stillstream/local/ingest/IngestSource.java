package io.stillstream.local.ingest;

import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.label.ClassNames;
import io.stillstream.local.objects.ObjectUploader;
import io.stillstream.runtime.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What is to be sent, always in the same order.
 *
 * @param classes names of the class indices, empty when there are none to tell
 * @param hasClassFolders whether the folders of a folder are the classes
 */
public record IngestSource(List<IngestItem> items, List<String> classes, boolean hasClassFolders) {
  private static final long SHUFFLE_SEED = 1;
  private static final int MEMORY_SHARE = 4;

  /**
   * Which class labels stand for.
   *
   * @param file CSV of file and label for a folder, or the idx file of labels; without it the
   *     folders are the classes, or the labels are beside an idx file
   * @param classes known names; none if the names that there are shall be numbered
   */
  public record Labels(Optional<Path> file, ClassNames classes) {}

  /**
   * A folder of images, or an idx file of images with its labels beside it; each image travels in
   * its event.
   *
   * @param masks folder of masks, for a folder: {@code a/b.png} there is that of {@code a/b.jpg}
   * @throws StartupException when there is nothing to send, or the labels are wrong
   */
  public static IngestSource of(Path path, Labels labels, Optional<Path> masks) {
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
      Labels labels,
      Optional<Path> masks,
      long mostBytes,
      ObjectUploader store,
      String sourceName) {
    IngestSource source = of(path, labels, masks, OptionalLong.of(mostBytes));
    ImageUpload upload =
        new ImageUpload(store, sourceName, Runtime.getRuntime().maxMemory() / MEMORY_SHARE);
    return new IngestSource(
        source.items().stream().map(upload::of).toList(),
        source.classes(),
        source.hasClassFolders());
  }

  /**
   * Images that a file names by their addresses; nothing is read from these.
   *
   * @param classes known names; none if the labels of the file shall be numbered
   * @param check throws an {@link IllegalArgumentException} naming the rule that an address breaks
   * @throws StartupException when there are none, or the file is wrong
   */
  public static IngestSource addresses(Path file, ClassNames classes, Consumer<String> check) {
    return AddressList.read(file, check).source(classes);
  }

  private static IngestSource of(
      Path path, Labels labels, Optional<Path> masks, OptionalLong mostBytes) {
    if (Files.isDirectory(path)) {
      return new FolderScanner(
              path,
              labels.file().map(file -> LabelCsv.read(file, labels.classes())),
              labels.classes(),
              masks.map(MaskFolder::open),
              mostBytes)
          .source();
    }
    if (!Files.isRegularFile(path)) {
      throw new StartupException("there is no folder or file " + path);
    }
    if (masks.isPresent()) {
      throw new StartupException("--masks is for a folder of images, " + path + " is a file");
    }
    if (!labels.classes().names().isEmpty()) {
      throw new StartupException(
          "--student and --classes are for names of classes, the labels of the idx file "
              + path
              + " are numbers");
    }
    IdxLabeledImages set =
        IdxLabeledImages.of(path, labels.file().orElseGet(() -> labelsBeside(path)));
    List<IngestItem> items =
        IntStream.range(0, set.size())
            .mapToObj(
                i ->
                    new IngestItem(
                        String.format("%06d", i),
                        set.label(i),
                        () -> IngestItem.Encoded.byValue("image/png", set.png(i), null)))
            .toList();
    return new IngestSource(items, List.of(), false);
  }

  /**
   * The same images in an order.
   *
   * @param order by default shuffled where folders are classes: class after class, a trainer would
   *     see a drift; else by path
   */
  public IngestSource ordered(Optional<IngestOrder> order) {
    if (order.orElse(hasClassFolders ? IngestOrder.SHUFFLED : IngestOrder.PATH)
        == IngestOrder.PATH) {
      return this;
    }
    List<IngestItem> shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, new Random(SHUFFLE_SEED));
    return new IngestSource(shuffled, classes, hasClassFolders);
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
