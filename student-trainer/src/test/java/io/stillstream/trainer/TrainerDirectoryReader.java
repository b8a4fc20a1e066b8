package io.stillstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
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

  /** All that a checkpoint says of the buffer, wherever its segments have the views. */
  static byte[] buffer(Path checkpoint) throws IOException {
    ByteBuffer index = ByteBuffer.wrap(Files.readAllBytes(checkpoint.resolve("buffer-index.bin")));
    int numbers = index.getInt(8 + 1 + 4 + 8 + 8);
    byte[] head = new byte[8 + 1 + 4 + 8 + 8 + 4 + 8 * numbers];
    index.get(head);
    List<List<byte[]>> segments = new ArrayList<>();
    for (int left = index.getInt(); left > 0; left--) {
      byte[] name = new byte[index.getShort()];
      index.get(name);
      Path segment = checkpoint.resolveSibling("segments").resolve(new String(name, UTF_8));
      segments.add(views(ByteBuffer.wrap(Files.readAllBytes(segment))));
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(head);
    for (int left = index.getInt(); left > 0; left--) {
      all.write(segments.get(index.getInt()).get(index.getInt()));
    }
    return all.toByteArray();
  }

  private static List<byte[]> views(ByteBuffer segment) {
    List<byte[]> views = new ArrayList<>();
    segment.position(4 + 1);
    while (segment.hasRemaining()) {
      byte[] view = new byte[segment.getInt()];
      segment.get(view);
      views.add(view);
    }
    return views;
  }

  /** The lines of the ledger, of closed segments and of the open file. */
  static List<String> ledger(Path trainer) throws IOException {
    Map<Long, Path> segments = new TreeMap<>();
    try (Stream<Path> paths = Files.list(trainer.resolve("ledger"))) {
      for (Path path : paths.toList()) {
        // STEP-FROM-TO-CRC.jsonl, and for a while beside it the same in gzip
        segments.put(Long.valueOf(path.getFileName().toString().split("-", -1)[1]), path);
      }
    }
    List<String> lines = new ArrayList<>();
    for (Path path : segments.values()) {
      try (InputStream file = Files.newInputStream(path);
          InputStream in = path.toString().endsWith(".gz") ? new GZIPInputStream(file) : file) {
        lines.addAll(new String(in.readAllBytes(), UTF_8).lines().skip(1).toList());
      }
    }
    lines.addAll(Files.readAllLines(trainer.resolve("ledger.jsonl")));
    return lines;
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
