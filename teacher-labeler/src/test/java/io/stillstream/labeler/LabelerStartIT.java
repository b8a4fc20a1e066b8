package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.labeler.torch.TorchTeacherLoader;
import io.stillstream.runtime.config.StartupException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerStartIT {
  @Test
  void shouldNameTheTopicThatIsMissing(LabelerTestCluster cluster) {
    LabelerTestTopics nowhere = LabelerTestTopics.named("nowhere", cluster);

    assertRefused(nowhere.config("linear", 0, 8, Map.of()))
        .contains("topics.views: there is no topic views-nowhere")
        .contains("topics.labeled-views: there is no topic labeled-nowhere")
        .contains("topics.dead-letters: there is no topic letters-nowhere");
  }

  @Test
  void shouldNameTheBrokerThatDoesNotAnswer(LabelerTestCluster cluster) {
    LabelerTestTopics topics = LabelerTestTopics.named("nowhere", cluster);

    assertRefused(topics.config("linear", 0, 8, Map.of("bootstrap.servers", "127.0.0.1:1")))
        .contains("kafka.bootstrap.servers: no broker answered at 127.0.0.1:1");
  }

  @Test
  void shouldNameTheModelThatIsMissingOrBroken(LabelerTestCluster cluster) throws Exception {
    LabelerTestTopics topics = cluster.topics(1);

    assertRefused(topics.config("missing", 0, 8, Map.of()))
        .contains("teacher: there is no model directory src/test/resources/models/missing");
    assertRefused(topics.config("broken", 0, 8, Map.of()))
        .startsWith("teacher: " + file("broken") + ": must be a TorchScript");
    assertRefused(topics.config("wide", 0, 8, Map.of()))
        .startsWith("teacher: " + file("wide") + ": fails on a probe");
  }

  @Test
  void shouldNameTheClientSettingThatKafkaRefuses(LabelerTestCluster cluster) {
    LabelerTestTopics topics = cluster.topics(1);

    assertRefused(topics.config("linear", 0, 8, Map.of("max.poll.records", "many")))
        .contains("kafka.max.poll.records");
  }

  @Test
  void shouldNotStartWhenItIsClosedMeanwhile(LabelerTestCluster cluster) {
    // given
    LabelerTestTopics topics = cluster.topics(1);
    topics.sendViews(0, 3);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    AtomicReference<LabelerService> closing = new AtomicReference<>();
    AtomicReference<TorchScriptModel> teacher = new AtomicReference<>();
    LabelerService service =
        new LabelerService(
            topics.config("linear", 0, 8, Map.of()),
            meters,
            Duration.ofSeconds(15),
            spec -> {
              teacher.set(TorchScriptModel.load(spec));
              // As the shutdown's thread does.
              CompletableFuture.runAsync(closing.get()::close).join();
              return List.of(teacher.get());
            });
    closing.set(service);

    // when
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(service::start)
        .withMessage("stopped while starting");
    service.close();

    // then
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .doesNotContain(
                        "labeler", "labeler-decode", "labeler-infer-0", "labeler-encode"));
    assertThatExceptionOfType(RejectedExecutionException.class)
        .as("the teacher is closed")
        .isThrownBy(() -> teacher.get().answers(List.of(TeacherModelFixtures.pixels(0))));
    assertThat(service.health().ready()).isFalse();
    assertThatExceptionOfType(StartupException.class).isThrownBy(service::start);
  }

  @Test
  void shouldSayThatItWasStoppedWhileItWaitedForTheBroker(LabelerTestCluster cluster)
      throws Exception {
    // given
    LabelerTestTopics topics = LabelerTestTopics.named("nowhere", cluster);
    try (ServerSocket mute = new ServerSocket(0)) {
      LabelerService service =
          new LabelerService(
              topics.config(
                  "linear", 0, 8, Map.of("bootstrap.servers", "127.0.0.1:" + mute.getLocalPort())),
              new SimpleMeterRegistry(),
              Duration.ofSeconds(2),
              new TorchTeacherLoader("auto", 1, List.of(1, 8)));
      CompletableFuture<Void> starting = CompletableFuture.runAsync(service::start);

      // when
      try (Socket waiting = mute.accept()) {
        service.close();

        // then
        assertThat(waiting.isConnected()).isTrue();
        assertThatExceptionOfType(CompletionException.class)
            .isThrownBy(starting::join)
            .withCauseInstanceOf(StartupException.class)
            .withMessageContaining("stopped while starting");
      }
      service.awaitStop();
    }
  }

  @Test
  void shouldEndWithOneLineAndCodeTwo(LabelerTestCluster cluster) throws Exception {
    // given
    Path config = cluster.directory().resolve("bad.yaml");
    Files.writeString(
        config, "{kafka: {bootstrap.servers: 'localhost:1'}, teacher: t, batches: {max-size: 1}}");

    // when
    JavaProcess labeler = LabelerProcess.start(config);

    // then
    assertThat(labeler.awaitEnd()).isEqualTo(2);
    assertThat(labeler.output())
        .contains("batches: unknown key; did you mean batch?")
        .doesNotContain("\tat ");
  }

  private static Path file(String model) throws Exception {
    return TeacherModelFixtures.directory(model).toRealPath().resolve("model.pt");
  }

  private static AbstractStringAssert<?> assertRefused(LabelerConfig config) {
    StartupException refusal =
        catchThrowableOfType(
            StartupException.class,
            () -> {
              try (LabelerService service =
                  new LabelerService(
                      config,
                      new SimpleMeterRegistry(),
                      Duration.ofSeconds(1),
                      new TorchTeacherLoader("auto", 1, List.of(1, 8)))) {
                service.start();
              }
            });
    assertThat(refusal).isNotNull();
    return assertThat(refusal.getMessage());
  }
}
