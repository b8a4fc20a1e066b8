package io.stillstream.local.ingest;

import io.stillstream.local.data.DataSet;
import io.stillstream.local.label.ClassNames;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.image.ImageFileHeader;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * All files below a folder, hidden ones apart, in the order of their paths. Without a label file
 * the first folder on the way to a file is its class.
 */
final class FolderScanner {
  private final Path root;
  private final Optional<LabelCsv> labels;
  private final ClassNames known;
  private final Optional<MaskFolder> masks;
  private final OptionalLong mostBytes;

  /**
   * @param known names of the classes; none if the folders' own names are to be numbered
   * @param mostBytes of a file that does not travel in a record; empty if it does
   */
  FolderScanner(
      Path root,
      Optional<LabelCsv> labels,
      ClassNames known,
      Optional<MaskFolder> masks,
      OptionalLong mostBytes) {
    this.root = root;
    this.labels = labels;
    this.known = known;
    this.masks = masks;
    this.mostBytes = mostBytes;
  }

  IngestSource source() {
    List<Path> files = files();
    if (files.isEmpty()) {
      throw new StartupException("there are no files in " + root);
    }
    masks.ifPresent(folder -> folder.requireSome(files.stream().map(this::name).toList()));
    if (labels.isPresent()) {
      Map<String, Integer> byFile = labels.get().byFile();
      return new IngestSource(
          items(files, file -> byFile.get(name(file))), labels.get().classes(), false);
    }
    LabelClasses classes =
        LabelClasses.ofFolders(
            files.stream().flatMap(this::folder).distinct().toList(),
            known,
            "the folders in " + root);
    Map<String, Integer> indices = classes.indices();
    return new IngestSource(
        items(files, file -> folder(file).findFirst().map(indices::get).orElse(null)),
        classes.names(),
        !indices.isEmpty());
  }

  private List<Path> files() {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(Files::isRegularFile)
          .filter(file -> !DataSet.isHidden(root.relativize(file)))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new StartupException("the folder " + root + " cannot be read: " + e.getMessage(), e);
    }
  }

  private List<IngestItem> items(List<Path> files, Function<Path, Integer> label) {
    return files.stream()
        .map(file -> new IngestItem(name(file), label.apply(file), new FileContent(file)))
        .toList();
  }

  private Stream<String> folder(Path file) {
    Path relative = root.relativize(file);
    return relative.getNameCount() < 2 ? Stream.empty() : Stream.of(relative.getName(0).toString());
  }

  private String name(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  private void requireSmall(long imageBytes, long maskBytes) throws UnreadableImageException {
    if (imageBytes > mostBytes.orElse(Long.MAX_VALUE)) {
      throw new UnreadableImageException(
          "larger than --max-bytes %d, %d bytes".formatted(mostBytes.getAsLong(), imageBytes));
    }
    long size = maskBytes + (mostBytes.isPresent() ? 0 : imageBytes);
    if (size > ImageSender.MAX_PAYLOAD_BYTES) {
      throw new UnreadableImageException(
          "larger than a record may be, %d bytes%s"
              .formatted(size, mostBytes.isPresent() ? "" : "; see --by-reference"));
    }
  }

  /** A file, read when its turn comes. */
  private final class FileContent implements IngestItem.Content {
    private final Path file;

    FileContent(Path file) {
      this.file = file;
    }

    @Override
    public IngestItem.Encoded read() throws UnreadableImageException {
      try {
        ByteBuffer mask = masks.isEmpty() ? null : masks.get().read(name(file));
        requireSmall(Files.size(file), mask == null ? 0 : mask.remaining());
        byte[] bytes = Files.readAllBytes(file);
        ImageFileHeader header = ImageFileHeader.of(ByteBuffer.wrap(bytes));
        header.requireWithin(PixelCodec.MAX_PIXELS);
        return IngestItem.Encoded.byValue(
            header.format().mediaType(), ByteBuffer.wrap(bytes), mask);
      } catch (IOException e) {
        throw new UnreadableImageException("cannot be read: " + e);
      } catch (InvalidImageException e) {
        throw new UnreadableImageException(e.getMessage());
      }
    }

    @Override
    public long bytes() {
      try {
        return Math.min(Files.size(file), mostBytes.orElse(Long.MAX_VALUE));
      } catch (IOException e) {
        return 0; // to read it will say why
      }
    }
  }
}
