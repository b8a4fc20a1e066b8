package io.stillstream.local.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stillstream.local.StillstreamMain;
import io.stillstream.schemas.ReleaseAlias;
import io.stillstream.schemas.StudentRelease;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A directory of releases with the first release of a trainer as versions 1 and 2. The second one
 * answers otherwise, as its description has another mean.
 */
final class ReleaseCopies {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  private ReleaseCopies(Path directory) {
    this.directory = directory;
  }

  static ReleaseCopies of(Path release, Path directory) throws IOException {
    Path releases = Files.createDirectories(directory.resolve("releases"));
    copy(release, releases.resolve("1"));
    copy(release, releases.resolve("2"));
    Path card = releases.resolve("2/model-card.json");
    ObjectNode content = (ObjectNode) JSON.readTree(card.toFile());
    JSON.writeValue(card.toFile(), content.put("version", 2));
    Path description = releases.resolve("2/student.yaml");
    String text = Files.readString(description);
    assertThat(text).contains("mean: [0.286]");
    Files.writeString(description, text.replace("mean: [0.286]", "mean: [0.4]"));
    return new ReleaseCopies(directory);
  }

  /** Copies the files of a directory into a new one. */
  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** As an operator does. */
  void promote(int version, Map<String, String> clients) {
    run(clients, "promote", String.valueOf(version));
  }

  void rollback(Map<String, String> clients) {
    run(clients, "rollback");
  }

  private void run(Map<String, String> clients, String... arguments) {
    List<String> all =
        Stream.concat(
                Stream.concat(Stream.of("releases"), Stream.of(arguments)),
                Stream.of(
                    "--directory=" + directory,
                    "--bootstrap-server=" + clients.get("bootstrap.servers"),
                    "--schema-registry=" + clients.get("schema.registry.url")))
            .toList();
    StringWriter said = new StringWriter();
    int code =
        StillstreamMain.commandLine()
            .setOut(new PrintWriter(said, true))
            .setErr(new PrintWriter(said, true))
            .execute(all.toArray(String[]::new));
    assertThat(code).as("%s", said).isZero();
  }

  /** A record of the first release that calls it a challenger, with another version. */
  StudentRelease challenger(int version) throws IOException {
    return record(version, "1", ReleaseAlias.CHALLENGER);
  }

  /** The record of a champion that is not there. */
  StudentRelease missing(int version) throws IOException {
    return record(version, String.valueOf(version), ReleaseAlias.CHAMPION);
  }

  private StudentRelease record(int version, String name, ReleaseAlias alias) throws IOException {
    byte[] card = Files.readAllBytes(directory.resolve("releases/1/model-card.json"));
    return StudentRelease.newBuilder()
        .setStudent("cnn")
        .setVersion(version)
        .setUri(directory.resolve("releases").resolve(name).toUri().toString())
        .setSha256(JSON.readTree(new String(card, UTF_8)).path("sha256").asText())
        .setStep(1)
        .setViewsSeen(1)
        .setOffsets(List.of())
        .setAlias(alias)
        .setCreatedAt(Instant.EPOCH)
        .build();
  }
}
