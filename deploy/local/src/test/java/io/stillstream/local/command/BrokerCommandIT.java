package io.stillstream.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.local.MainProcess;
import io.stillstream.local.StillstreamMain;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.topics.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code stillstream broker} as a process. */
class BrokerCommandIT {
  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void shouldKeepWhatClientsSendOverAStopAndAKill() throws Exception {
    // given
    try (JavaProcess broker = broker("--topics", "--partitions=2")) {
      Map<String, String> clients = clients(broker);
      send(clients, "before");
      // when: stopped in order
      broker.requestTermination();
      assertThat(broker.awaitEnd(Duration.ofMinutes(2))).as("%s", broker.lines()).isEqualTo(143);
      assertThat(broker.output().contains("stopped; what it holds is kept in " + directory))
          .as("%s", broker.lines())
          .isTrue();
    }
    // then: killed
    try (JavaProcess broker = broker()) {
      Map<String, String> clients = clients(broker);
      assertThat(ids(clients)).containsExactly("before");
      assertThat(broker.output().contains("next      bash deploy/stillstream topics create"))
          .isTrue();
      send(clients, "after");
      broker.kill();
    }
    try (JavaProcess broker = broker("--json")) {
      Map<String, String> clients = clients(broker);
      assertThat(ids(clients)).containsExactlyInAnyOrder("before", "after");
      // and: a script can read where it is
      List<String> json = broker.lines().stream().filter(line -> line.startsWith("{")).toList();
      assertThat(JsonLines.one(String.join("\n", json)))
          .hasToString(
              "{\"directory\":\"%s\",\"bootstrapServers\":\"%s\",\"registryUrl\":\"%s\"}"
                  .formatted(
                      directory.toRealPath(),
                      clients.get("bootstrap.servers"),
                      clients.get("schema.registry.url")));
      // and: a second one is refused
      try (JavaProcess second = broker()) {
        assertThat(second.awaitEnd(Duration.ofMinutes(2))).isEqualTo(2);
        assertThat(second.lines())
            .containsExactly(
                "stillstream broker: --dir: another demo or broker is running in " + directory);
      }
    }
  }

  @Test
  void shouldRefuseAPortInUse() throws Exception {
    // given
    try (ServerSocket taken =
            new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        // when
        JavaProcess broker = broker("--kafka-port=" + taken.getLocalPort())) {
      // then
      assertThat(broker.awaitEnd(Duration.ofMinutes(2))).isEqualTo(2);
      assertThat(broker.lines())
          .containsExactly(
              "stillstream broker: Kafka port "
                  + taken.getLocalPort()
                  + " is in use on 127.0.0.1, choose another with --kafka-port");
    }
  }

  private JavaProcess broker(String... options) throws Exception {
    List<String> args =
        new ArrayList<>(List.of("broker", "--registry-port=0", "--dir=" + directory));
    if (options.length == 0 || !options[0].startsWith("--kafka-port")) {
      args.add("--kafka-port=0");
    }
    args.addAll(List.of(options));
    return MainProcess.start(StillstreamMain.class, args.toArray(String[]::new));
  }

  private static Map<String, String> clients(JavaProcess broker) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .failFast("it has ended", () -> !broker.isAlive())
        .until(() -> broker.output().contains("stop it with Ctrl-C"));
    return Map.of(
        "bootstrap.servers", address(broker, "kafka     "),
        "schema.registry.url", address(broker, "registry  "));
  }

  private static String address(JavaProcess broker, String label) {
    return broker.lines().stream()
        .filter(line -> line.startsWith(label))
        .map(line -> line.substring(label.length()))
        .findFirst()
        .orElseThrow();
  }

  private void send(Map<String, String> clients, String id) {
    try (ImageSender sender = new ImageSender(clients, Topics.IMAGES, meters, Optional.empty())) {
      sender.send(
          ImageEvent.newBuilder()
              .setImageId(id)
              .setSource("test")
              .setCapturedAt(Instant.now())
              .setContentType("image/png")
              .setPayload(ByteBuffer.wrap(id.getBytes(UTF_8)))
              .setLabel(null)
              .build());
      sender.flush();
    }
  }

  private List<String> ids(Map<String, String> clients) {
    List<String> ids = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients, Topics.IMAGES);
        RecordValueDeserializer<ImageEvent> values =
            new RecordValueDeserializer<>(ImageEvent.class, clients, meters)) {
      reader.readAll(
          record ->
              ids.add(
                  values
                      .deserialize(record.topic(), record.headers(), record.value())
                      .getImageId()));
    }
    return ids;
  }
}
