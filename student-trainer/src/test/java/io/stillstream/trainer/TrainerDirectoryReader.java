package io.stillstream.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** What a trainer has left in its directory, read without the trainer's own code. */
public final class TrainerDirectoryReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TrainerDirectoryReader() {}

  /** The newest checkpoint; the trainer may be deleting older ones meanwhile. */
  public static Optional<Path> newest(Path trainer) throws IOException {
    Path checkpoints = trainer.resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      return Optional.empty();
    }
    try (Stream<Path> paths = Files.list(checkpoints)) {
      return paths
          .filter(path -> path.getFileName().toString().matches("\\d{12}"))
          .max(Path::compareTo);
    }
  }

  /** What the newest checkpoint knows of; 0 if there is none. */
  public static long views(Path trainer) throws IOException {
    try {
      Optional<Path> newest = newest(trainer);
      return newest.isEmpty() ? 0 : state(newest.get()).get("viewsSeen").asLong();
    } catch (NoSuchFileException e) {
      // It has been deleted meanwhile, so there is a newer one.
      return views(trainer);
    }
  }

  public static JsonNode state(Path checkpoint) throws IOException {
    return JSON.readTree(Files.readAllBytes(checkpoint.resolve("state.json")));
  }

  /** The tensors of a TorchScript file: libtorch numbers them in the order of the module. */
  static Map<String, String> tensors(Path file) throws IOException {
    Map<String, String> tensors = new TreeMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (var entry : Collections.list(zip.entries())) {
        String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
        if (name.startsWith("data/")) {
          tensors.put(name, HexFormat.of().formatHex(zip.getInputStream(entry).readAllBytes()));
        }
      }
    }
    return tensors;
  }
}
