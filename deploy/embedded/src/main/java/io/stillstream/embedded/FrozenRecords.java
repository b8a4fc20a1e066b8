package io.stillstream.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Records as an earlier version put them on a topic: the frozen ones of the module {@code schemas},
 * with their schemas in a registry. For tests of what reads them.
 */
public final class FrozenRecords {
  private static final int HEADER = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final Path directory;
  private final URI registry;

  /**
   * @param repository directory of the whole project
   * @param registry that readers ask
   */
  public FrozenRecords(Path repository, URI registry) {
    this.directory = repository.resolve("schemas/src/test/resources/frozen");
    this.registry = registry;
  }

  /**
   * The value of a record.
   *
   * @param topic under whose subject its schema is registered
   * @param type such as {@code ImageEvent}
   * @param name of its file, such as {@code v1}, or {@code v1-2} for the second of version 1
   */
  public byte[] value(String topic, String type, String name)
      throws IOException, InterruptedException {
    Path schema = directory.resolve(type).resolve(name.replaceAll("-.*", "") + ".avsc");
    byte[] record = Files.readAllBytes(directory.resolve(type).resolve(name + ".bin"));
    return ByteBuffer.allocate(HEADER + record.length)
        .put((byte) 0)
        .putInt(register(topic + "-value", Files.readString(schema)))
        .put(record)
        .array();
  }

  private int register(String subject, String schema) throws IOException, InterruptedException {
    String body = JSON.writeValueAsString(Map.of("schema", schema));
    JsonNode answer =
        JSON.readTree(
            client
                .send(
                    HttpRequest.newBuilder(registry.resolve("/subjects/" + subject + "/versions"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                    BodyHandlers.ofString())
                .body());
    if (!answer.has("id")) {
      throw new IOException("the registry refused the schema of " + subject + ": " + answer);
    }
    return answer.get("id").asInt();
  }
}
