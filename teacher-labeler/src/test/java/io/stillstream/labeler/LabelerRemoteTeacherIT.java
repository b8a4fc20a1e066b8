package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.labeler.remote.FakeInferenceServer;
import io.stillstream.labeler.remote.RemoteTeachers;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.values.FloatArrays;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerRemoteTeacherIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int VIEWS = 2000;
  private static final int CHUNK = 500;

  /** The server restarts twice, is overloaded, and changes its version with a batch in flight. */
  @Test
  void shouldLabelEveryViewOnceWithTheVersionThatAnswered(LabelerTestCluster cluster) {
    // given
    LabelerTestTopics topics = cluster.topics(2);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (FakeInferenceServer server = new FakeInferenceServer();
        LabelerService service = service(topics, server, meters, "")) {
      service.start();

      // when
      send(topics, meters, 0);
      server.stop();
      topics.sendViews(CHUNK, CHUNK);
      awaitTeacher(service, false);
      server.start();
      awaitLabels(meters, 2 * CHUNK);
      awaitTeacher(service, true);

      // and: the old version is gone
      topics.sendViews(2 * CHUNK, CHUNK);
      server.versions = List.of("2");
      awaitLabels(meters, 3 * CHUNK);
      server.fail(20, Status.RESOURCE_EXHAUSTED.withDescription("queue is full"));
      topics.sendViews(3 * CHUNK, CHUNK);
      server.stop();
      server.start();
      awaitLabels(meters, VIEWS);

      // then
      assertThat(meters.get("teacher.remote.retries").tag("code", "UNAVAILABLE").counter().count())
          .isPositive();
      assertThat(meters.get("teacher.remote.request.duration").timer().count()).isPositive();
    }
    List<LabeledView> labeled = topics.labeled(soFar -> soFar.size() >= VIEWS);
    assertThat(labeled).hasSize(VIEWS);
    Set<Long> views = new HashSet<>();
    Map<String, String> hashes = new HashMap<>();
    for (LabeledView label : labeled) {
      assertThat(views.add(label.getView().getLineage().getOriginOffset())).isTrue();
      Teacher teacher = label.getTeachers().get(0);
      assertThat(teacher.getName()).isEqualTo(FakeInferenceServer.MODEL);
      float[] logits = FloatArrays.toArray(label.getLogits());
      assertThat(logits[1]).isEqualTo(Float.parseFloat(teacher.getVersion()));
      int first = label.getView().getPixels().get(0) & 0xff;
      assertThat(logits[0]).isEqualTo(first / 255f);
      hashes.merge(
          teacher.getVersion(),
          teacher.getSha256(),
          (before, now) -> {
            assertThat(now).isEqualTo(before);
            return now;
          });
    }
    assertThat(hashes).containsOnlyKeys("1", "2");
    assertThat(hashes.get("1")).isNotEqualTo(hashes.get("2"));
    assertThat(topics.all(topics.names().deadLetters())).isEmpty();
  }

  @Test
  void shouldWaitForTheServerAtTheStart(LabelerTestCluster cluster) {
    // given
    LabelerTestTopics topics = cluster.topics(1);
    topics.sendViews(0, 10);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (FakeInferenceServer server = new FakeInferenceServer();
        LabelerService service = service(topics, server, meters, "")) {
      server.stop();

      // when
      CompletableFuture<Void> start = CompletableFuture.runAsync(service::start);
      awaitTeacher(service, false);

      // then
      assertThat(start).isNotDone();
      server.start();
      start.join();
      awaitLabels(meters, 10);
    }
  }

  @Test
  void shouldStopWhileItWaitsForTheServer(LabelerTestCluster cluster) {
    // given
    LabelerTestTopics topics = cluster.topics(1);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (FakeInferenceServer server = new FakeInferenceServer()) {
      // when: it is closed here
      try (LabelerService service = service(topics, server, meters, "")) {
        service.start();
        server.stop();
        topics.sendViews(0, 10);
        awaitTeacher(service, false);
      }
      server.start();
    }

    // then
    assertThat(topics.all(topics.names().labeledViews())).isEmpty();
    assertThat(topics.all(topics.names().deadLetters())).isEmpty();

    // and: nothing is lost
    try (FakeInferenceServer server = new FakeInferenceServer();
        LabelerService service = service(topics, server, meters, "")) {
      service.start();
      awaitLabels(meters, 10);
    }
    assertThat(topics.labeled(soFar -> soFar.size() >= 10)).hasSize(10);
  }

  @Test
  void shouldDivertOnlyTheViewThatTheServerRefuses(LabelerTestCluster cluster) {
    // given
    LabelerTestTopics topics = cluster.topics(1);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (FakeInferenceServer server = new FakeInferenceServer();
        LabelerService service = service(topics, server, meters, "")) {
      server.poison = 7 / 255f;
      service.start();

      // when
      topics.sendViews(0, 64);

      // then
      awaitLabels(meters, 63);
    }
    assertThat(topics.labeled(soFar -> soFar.size() >= 63)).hasSize(63);
    assertThat(topics.all(topics.names().deadLetters())).hasSize(1);
  }

  /** As a server does whose model crashes, and comes back while a view is alone. */
  @Test
  void shouldDivertNoViewWhereTheServerFailsOnAllForSomeTime(LabelerTestCluster cluster) {
    // given
    LabelerTestTopics topics = cluster.topics(1);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (FakeInferenceServer server = new FakeInferenceServer();
        LabelerService service = service(topics, server, meters, ", in-flight: 1")) {
      service.start();

      // when: a batch of 64 is asked four times in each of seven sizes, then the grey view
      server.fail(7 * 4 + 2, Status.INTERNAL.withDescription("the model has crashed"));
      topics.sendViews(0, 64);

      // then
      awaitLabels(meters, 64);

      // when: for longer than that
      server.fail(7 * 4 + 6, Status.INTERNAL.withDescription("the model has crashed"));
      topics.sendViews(64, 64);

      // then
      awaitLabels(meters, 128);
    }
    assertThat(topics.labeled(soFar -> soFar.size() >= 128)).hasSize(128);
    assertThat(topics.all(topics.names().deadLetters())).isEmpty();
  }

  private static LabelerService service(
      LabelerTestTopics topics,
      FakeInferenceServer server,
      SimpleMeterRegistry meters,
      String more) {
    TeacherSettings teacher =
        RemoteTeachers.settings(
            RemoteTeachers.describe(topics.cluster().directory().resolve("remote")),
            "grpc",
            server.port(),
            more);
    LabelerConfig config = topics.config(List.of(teacher), Duration.ofMillis(200), 0, 64, Map.of());
    return new LabelerService(
        config,
        meters,
        Duration.ofSeconds(15),
        spec -> {
          throw new AssertionError("nothing is loaded here: " + spec.file());
        });
  }

  private static void send(LabelerTestTopics topics, SimpleMeterRegistry meters, int first) {
    topics.sendViews(first, CHUNK);
    awaitLabels(meters, first + CHUNK);
  }

  private static void awaitLabels(SimpleMeterRegistry meters, int count) {
    await().atMost(PATIENCE).until(() -> meters.counter("teacher.views").count() >= count);
  }

  private static void awaitTeacher(LabelerService service, boolean ready) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                service.health().checks().stream()
                    .filter(check -> check.name().equals("teacher"))
                    .anyMatch(check -> check.ok() == ready));
  }
}
