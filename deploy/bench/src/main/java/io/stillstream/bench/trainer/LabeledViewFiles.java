package io.stillstream.bench.trainer;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.image.MaskCodec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes labelled views to files, for a program that is not in Java: one file each of pixels [N, H,
 * W, C], labels and masks [N, H, W] (bytes), the teacher's answers [N, …] (little-endian floats),
 * and indices of the views among those of their image (bytes). Of what views do not have, the file
 * is empty.
 */
final class LabeledViewFiles implements AutoCloseable {
  private static final String PIXELS = "pixels";
  private static final String ANSWERS = "answers";
  private static final String LABELS = "labels";
  private static final String MASKS = "masks";
  private static final String INDICES = "indices";

  private final Map<String, Path> files = new TreeMap<>();
  private final Map<String, OutputStream> streams = new TreeMap<>();

  /**
   * @param directory must exist; files in it are replaced
   * @throws StartupException if they cannot be written
   */
  LabeledViewFiles(Path directory) {
    try {
      for (String name : List.of(PIXELS, ANSWERS, LABELS, MASKS, INDICES)) {
        Path file = directory.resolve(name + ".raw");
        files.put(name, file);
        streams.put(name, new BufferedOutputStream(Files.newOutputStream(file)));
      }
    } catch (IOException e) {
      close();
      throw failed(e);
    }
  }

  /** The files by what they hold; complete once this is closed. */
  Map<String, Path> files() {
    return Map.copyOf(files);
  }

  void add(List<LabeledView> views) {
    try {
      for (LabeledView labelled : views) {
        AugmentedView view = labelled.getView();
        streams.get(PIXELS).write(view.getPixels().array());
        if (LabeledAnswers.isAnswered(labelled)) {
          streams.get(ANSWERS).write(bytes(LabeledAnswers.row(labelled)));
        }
        if (view.getLabel() != null) {
          streams.get(LABELS).write(view.getLabel().getPrimary());
        }
        if (view.getMask() != null) {
          streams
              .get(MASKS)
              .write(MaskCodec.decode(view.getMask(), view.getHeight(), view.getWidth()).classes());
        }
        streams.get(INDICES).write(view.getLineage().getViewIndex());
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static byte[] bytes(float[] row) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * row.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(row);
    return bytes.array();
  }

  private static StartupException failed(IOException e) {
    return new StartupException("the views cannot be written: " + e, e);
  }

  @Override
  public void close() {
    Optional<IOException> failure = Optional.empty();
    for (OutputStream stream : streams.values()) {
      try {
        stream.close();
      } catch (IOException e) {
        failure = failure.or(() -> Optional.of(e));
      }
    }
    if (failure.isPresent()) {
      throw failed(failure.get());
    }
  }
}
