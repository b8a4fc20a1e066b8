package io.stillstream.trainer.session;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.training.example.BatchBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** What tests of checkpoints that earlier versions wrote have in common. */
final class FrozenCheckpoint {
  private FrozenCheckpoint() {}

  /**
   * A view in a buffer.
   *
   * @param parts of which it consists, as bits
   */
  record View(int parts, ByteBuffer pixels) {}

  /** Skips what a buffer begins with since format 2: teacher, kind and limits. */
  static void skipToRandom(DataInputStream in) throws IOException {
    in.skipNBytes(8 + 1 + 4 + 8);
  }

  /** The views of a buffer up to format 3. */
  static List<View> views(DataInputStream in) throws IOException {
    List<View> views = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      int parts = in.readUnsignedByte();
      in.skipNBytes(1);
      views.add(new View(parts, ByteBuffer.wrap(in.readNBytes(in.readInt()))));
      in.skipNBytes((parts & 1) == 0 ? 0 : 4L * in.readInt());
      in.skipNBytes(((parts & 2) == 0 ? 0 : 12) + ((parts & 8) == 0 ? 0 : 8));
      in.skipNBytes(((parts & 16) == 0 ? 0 : 8) + ((parts & 32) == 0 ? 0 : 8));
    }
    return views;
  }

  static TrainingSession open(CheckpointStore store, TrainerConfig config) throws IOException {
    ModelSpec model = ModelSpec.load(config.student(), "student");
    return SessionLoader.open(
        config,
        model,
        new BatchBuilder(model, 0.9),
        store,
        new MicrometerTrainerMetrics(
            new SimpleMeterRegistry(),
            InstantSource.system(),
            ModelTask.CLASSIFICATION,
            List.of()));
  }

  /** Everything in the tensors of a TorchScript file. */
  static float[] weights(byte[] file) throws IOException {
    Map<String, byte[]> tensors = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().contains("/data/")) {
          tensors.put(entry.getName().replaceAll("^[^/]*", ""), zip.readAllBytes());
        }
      }
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] tensor : tensors.values()) {
      all.write(tensor);
    }
    float[] weights = new float[all.size() / Float.BYTES];
    ByteBuffer.wrap(all.toByteArray()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(weights);
    return weights;
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }
}
