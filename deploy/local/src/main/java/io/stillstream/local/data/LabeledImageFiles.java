package io.stillstream.local.data;

import io.stillstream.schemas.image.FixedShapeResizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Encoded picture files with their classes. */
final class LabeledImageFiles implements LabeledImages {
  private final List<Item> items;

  LabeledImageFiles(List<Item> items) {
    this.items = List.copyOf(items);
  }

  /** A file and its class index. */
  record Item(Path file, int label) {}

  @Override
  public int size() {
    return items.size();
  }

  @Override
  public int label(int index) {
    return items.get(index).label();
  }

  @Override
  public String name(int index) {
    return items.get(index).file().toString();
  }

  @Override
  public byte[] file(int index) {
    Path file = items.get(index).file();
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can no longer be read: " + e, e);
    }
  }

  @Override
  public byte[] pixels(int index, FixedShapeResizer fit) {
    return fit.ofFile(file(index));
  }
}
