package io.stillstream.faults.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the newest checkpoint of the trainer knows of labels that came apart from their images, read
 * with none of the trainer's code.
 *
 * @param applied per partition, the offset behind the last label that the checkpoint has
 * @param classes by number of the image, of those that have one
 */
public record CheckpointLabels(Map<Integer, Long> applied, Map<Long, Integer> classes) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ATTEMPTS = 20;
  private static final int LAYOUT = 1;
  private static final int OWN = 1;
  private static final int LATE = 2;
  private static final int TEACHER = 4;

  /** Reads them; empty maps before the first checkpoint that has any. */
  public static CheckpointLabels read(Path directory) {
    IOException last = null;
    // A checkpoint may be pruned while it is read: then there is a newer one.
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        for (Path newest : CheckpointAndLedger.checkpoints(directory)) {
          return of(newest);
        }
        return new CheckpointLabels(Map.of(), Map.of());
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IllegalStateException("the labels of the trainer's checkpoint cannot be read", last);
  }

  private static CheckpointLabels of(Path checkpoint) throws IOException {
    JsonNode labels =
        JSON.readTree(Files.readAllBytes(checkpoint.resolve("state.json"))).path("labels");
    Map<Integer, Long> applied = new TreeMap<>();
    labels
        .properties()
        .forEach(
            entry ->
                applied.put(
                    Integer.valueOf(entry.getKey()), entry.getValue().path("applied").asLong()));
    Path table = checkpoint.resolve("labels.bin");
    return new CheckpointLabels(
        applied, Files.exists(table) ? classes(Files.readAllBytes(table)) : Map.of());
  }

  private static Map<Long, Integer> classes(byte[] table) throws IOException {
    Map<Long, Integer> classes = new TreeMap<>();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(table));
    int layout = in.readUnsignedByte();
    if (layout != LAYOUT) {
      throw new IOException("labels.bin has layout " + layout);
    }
    long unusedNext = in.readLong();
    for (int left = in.readInt(); left > 0; left--) {
      long image = in.readLong();
      long unusedNumber = in.readLong();
      int parts = in.readUnsignedByte();
      if ((parts & OWN) != 0) {
        int unusedOwn = in.readInt();
      }
      if ((parts & LATE) != 0) {
        classes.put(image, in.readInt());
      }
      if ((parts & TEACHER) != 0) {
        int unusedTeacher = in.readInt();
      }
    }
    return classes;
  }
}
