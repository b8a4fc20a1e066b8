package io.stillstream.runtime.openlineage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.openlineage.client.OpenLineage.DatasetFacets;
import io.openlineage.client.OpenLineage.RunEvent;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.client.OpenLineageClientUtils;
import io.stillstream.runtime.openlineage.LineageJob.Processing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent is read again with the model of the library. */
class LineageJobTest {
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
  private static final UUID RUN = UUID.fromString("5f1c0e2e-6d0b-4b55-9f0f-0f6d3a7f6a11");
  private static final LineageDataset VIEWS =
      LineageDataset.topic("SASL_SSL://broker-1:9093,broker-2:9093", "views", Map.of(1, 9L, 0, 7L));
  private static final LineageDataset TEACHER =
      LineageDataset.model(
          "tests", "resnet16", "3", "ab12", Optional.of(URI.create("s3://models/resnet16/3")));
  private static final LineageDataset LABELED =
      LineageDataset.topic("broker-1:9093", "labeled-views", Map.of());

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @TempDir Path directory;

  @Test
  void shouldWriteEachEventAsALineOfAFile() throws Exception {
    // given
    Path file = directory.resolve("events.ndjson");
    LineageJob job = open(settings(Optional.empty(), Optional.of(file)));
    // when
    job.start(RUN, List.of(VIEWS, TEACHER), List.of(LABELED));
    job.running(RUN, List.of(), List.of());
    job.complete(RUN, List.of(), List.of());
    job.fail(RUN, List.of(), List.of(), "the teacher died");
    job.close();
    // then
    List<RunEvent> events =
        Files.readAllLines(file).stream().map(OpenLineageClientUtils::runEventFromJson).toList();
    assertThat(events)
        .extracting(RunEvent::getEventType)
        .containsExactly(EventType.START, EventType.RUNNING, EventType.COMPLETE, EventType.FAIL);
    RunEvent start = events.get(0);
    assertThat(start.getEventTime().toInstant()).isEqualTo(NOW);
    assertThat(start.getRun().getRunId()).isEqualTo(RUN);
    assertThat(start.getJob().getNamespace()).isEqualTo("tests");
    assertThat(start.getJob().getName()).isEqualTo("labeler");
    assertThat(start.getJob().getFacets().getJobType().getProcessingType()).isEqualTo("STREAMING");
    assertThat(start.getInputs()).hasSize(2);
    assertThat(start.getInputs().get(0).getNamespace()).isEqualTo("kafka://broker-1:9093");
    assertThat(start.getInputs().get(0).getName()).isEqualTo("views");
    DatasetFacets topic = start.getInputs().get(0).getFacets();
    assertThat(topic.getVersion().getDatasetVersion()).isEqualTo("0:7,1:9");
    assertThat(topic.getDatasetType().getDatasetType()).isEqualTo("TOPIC");
    assertThat(topic.getTags()).isNull();
    DatasetFacets model = start.getInputs().get(1).getFacets();
    assertThat(model.getVersion().getDatasetVersion()).isEqualTo("3");
    assertThat(model.getTags().getTags().get(0).getKey()).isEqualTo("sha256");
    assertThat(model.getTags().getTags().get(0).getValue()).isEqualTo("ab12");
    assertThat(model.getDataSource().getUri()).isEqualTo(URI.create("s3://models/resnet16/3"));
    assertThat(start.getOutputs().get(0).getFacets().getVersion()).isNull();
    assertThat(events.get(3).getRun().getFacets().getErrorMessage().getMessage())
        .isEqualTo("the teacher died");
  }

  @Test
  void shouldPostEachEventWithItsHeadersUntilTheServiceTakesIt() throws Exception {
    // given: the first one is bad
    Queue<Integer> statuses = new ConcurrentLinkedQueue<>(List.of(400, 201, 201));
    List<String> bodies = new CopyOnWriteArrayList<>();
    List<String> keys = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/v1/lineage",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          keys.add(exchange.getRequestHeaders().getFirst("authorization"));
          exchange.sendResponseHeaders(statuses.remove(), -1);
          exchange.close();
        });
    server.start();
    try {
      URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
      LineageJob job = open(settings(Optional.of(url), Optional.empty()));
      // when
      job.start(RUN, List.of(), List.of());
      job.running(RUN, List.of(VIEWS), List.of());
      job.complete(RUN, List.of(VIEWS), List.of());
      // then
      await().until(() -> count("sent") == 2);
      assertThat(count("rejected")).isEqualTo(1);
      assertThat(keys).containsOnly("Bearer key");
      assertThat(bodies)
          .extracting(body -> OpenLineageClientUtils.runEventFromJson(body).getEventType())
          .containsExactly(EventType.START, EventType.RUNNING, EventType.COMPLETE);
      job.close();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void shouldTellAServiceThatIsAwayFromAnEventThatIsBad() throws Exception {
    // given
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AtomicInteger status = new AtomicInteger();
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    server.start();
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    RunEvent event =
        OpenLineageClientUtils.runEventFromJson("{\"eventTime\": \"2026-11-30T12:00:00Z\"}");
    try (EventTransport transport =
        EventTransport.open(settings(Optional.of(url), Optional.empty()))) {
      // when, then
      for (int away : List.of(500, 502, 401, 403, 404, 408)) {
        status.set(away);
        assertThat(transport.send(event)).as("status %d", away).isEqualTo(EventDelivery.FAILED);
      }
      for (int bad : List.of(400, 413, 422)) {
        status.set(bad);
        assertThat(transport.send(event)).as("status %d", bad).isEqualTo(EventDelivery.REJECTED);
      }
      status.set(201);
      assertThat(transport.send(event)).isEqualTo(EventDelivery.SENT);
      server.stop(0);
      assertThat(transport.send(event)).isEqualTo(EventDelivery.FAILED);
    }
  }

  @Test
  void shouldWaitForAFileThatCannotBeWritten() throws Exception {
    // given
    Path file = Files.createDirectories(directory.resolve("a-directory"));
    RunEvent event =
        OpenLineageClientUtils.runEventFromJson("{\"eventTime\": \"2026-11-30T12:00:00Z\"}");
    // when, then
    try (EventTransport transport =
        EventTransport.open(settings(Optional.empty(), Optional.of(file)))) {
      assertThat(transport.send(event)).isEqualTo(EventDelivery.FAILED);
      Files.delete(file);
      assertThat(transport.send(event)).isEqualTo(EventDelivery.SENT);
    }
    assertThat(file).isNotEmptyFile();
  }

  private LineageJob open(OpenLineageSettings settings) {
    return LineageJob.open(settings, "labeler", Processing.STREAMING, registry, () -> NOW);
  }

  private static OpenLineageSettings settings(Optional<URI> url, Optional<Path> file) {
    return new OpenLineageSettings(
        url,
        "/api/v1/lineage",
        Map.of("authorization", "Bearer key"),
        Duration.ofSeconds(5),
        file,
        "tests",
        Duration.ofMinutes(5));
  }

  private double count(String result) {
    return registry.get("stillstream.openlineage.events").tag("result", result).counter().count();
  }
}
