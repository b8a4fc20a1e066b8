package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.containers.inference.LinearClassifier;
import io.stillstream.containers.inference.MlServerProcess;
import io.stillstream.containers.inference.OipServerProcess;
import io.stillstream.containers.inference.RepositoryModel;
import io.stillstream.containers.inference.TritonServerProcess;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.values.FloatArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A teacher on a real MLServer and on a real Triton: every logit is known, and tells its version.
 */
@RequiresTool(ExternalTool.INFERENCE_SERVERS)
@ExtendWith(LabelerTestCluster.Extension.class)
final class LabelerInferenceServerIT {
  private static final RepositoryModel MODEL = RepositoryModel.ofPixels("quarters", 4, 4, 1);
  private static final int BATCH = 32;
  private static final int CHUNK = 200;

  private enum Program {
    MLSERVER("stillstream-test"),
    TRITON("python");

    private final String platform;

    Program(String platform) {
      this.platform = platform;
    }

    OipServerProcess serve(Path directory) {
      return switch (this) {
        case MLSERVER -> new MlServerProcess(directory, MODEL);
        case TRITON -> new TritonServerProcess(directory, MODEL);
      };
    }
  }

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicInteger sent = new AtomicInteger();

  @ParameterizedTest
  @EnumSource
  void shouldLabelEachViewOnceWhateverBecomesOfTheServer(
      Program program, LabelerTestCluster cluster) throws Exception {
    // given
    Path directory = Files.createDirectories(cluster.directory().resolve("oip-" + program));
    LabelerTestTopics topics = cluster.topics(2);
    AtomicBoolean enough = new AtomicBoolean();
    try (OipServerProcess server = program.serve(directory.resolve("server"));
        LabelerService service =
            new LabelerService(config(topics, describe(directory), server.grpcUrl()), meters)) {
      server.start();

      // when: versions change, forth and back, while views come
      service.start();
      CompletableFuture<Void> load = CompletableFuture.runAsync(() -> sendUntil(enough, topics));
      awaitMore(1);
      for (int version : List.of(2, 11, 1)) {
        server.serve(MODEL.withVersion(version));
        awaitMore(version);
      }

      // and: it crashes
      server.kill();
      patiently().until(() -> !service.health().ready());
      server.start();
      patiently().until(() -> service.health().ready());
      awaitMore(1);

      // and: it hangs
      server.suspend();
      patiently().until(() -> !service.health().ready());
      server.resume();
      patiently().until(() -> service.health().ready());
      awaitMore(1);

      // and: it comes back with another version
      server.stop();
      patiently().until(() -> !service.health().ready());
      server.serve(MODEL.withVersion(3));
      server.start();
      awaitMore(3);
      enough.set(true);
      load.join();
      patiently().until(() -> meters.counter("teacher.views").count() == sent.get());
      patiently().until(() -> service.health().ready());
    }

    // then
    assertThat(sent.get()).isGreaterThanOrEqualTo(1_000);
    assertThat(topics.all(topics.names().deadLetters())).isEmpty();
    assertThat(meters.find("teacher.rejected").counters()).allMatch(c -> c.count() == 0);
    assertThat(meters.find("teacher.recoveries").counters()).allMatch(c -> c.count() == 0);
    assertThat(topics.all(topics.names().labeledViews())).hasSize(sent.get());
    Set<Long> views = new HashSet<>();
    Map<Integer, Set<String>> hashes = new HashMap<>();
    for (LabeledView label : topics.labeled(soFar -> soFar.size() >= sent.get())) {
      long n = label.getView().getLineage().getOriginOffset();
      assertThat(views.add(n)).as("view %d once", n).isTrue();
      assertThat(label.getTeachers()).hasSize(1);
      Teacher teacher = label.getTeachers().get(0);
      int version = Integer.parseInt(teacher.getVersion());
      hashes.computeIfAbsent(version, key -> new HashSet<>()).add(teacher.getSha256());
      assertThat(teacher.getName()).isEqualTo("quarters");
      assertThat(teacher.getPlatform()).isEqualTo(program.platform);
      assertThat(FloatArrays.toArray(label.getLogits()))
          .as("logits of version %d", version)
          .containsExactly(
              LinearClassifier.logits(pixels((int) n), 4, 4, 1, version), within(1e-4f));
    }
    // A version that comes back, and a server that comes back, are what they were.
    assertThat(hashes)
        .containsOnlyKeys(1, 2, 3, 11)
        .allSatisfy((v, all) -> assertThat(all).hasSize(1));
  }

  private static LabelerConfig config(LabelerTestTopics topics, Path directory, String url) {
    TeacherSettings teacher =
        YamlSettings.parse(
            "{path: '%s', url: '%s', model: quarters, timeout: 1s}".formatted(directory, url),
            TeacherSettings.class,
            Map.of());
    return topics.config(List.of(teacher), Duration.ofMillis(50), 0, BATCH, Map.of());
  }

  private static Path describe(Path directory) throws IOException {
    Files.writeString(
        directory.resolve("teacher.yaml"),
        """
        name: described
        version: "0"
        input: {height: 4, width: 4, channels: 1, type: uint8}
        classes: [a, b, c, d, e, f, g, h, i, j]
        """);
    return directory;
  }

  /** Until this version labels, and a few hundred more views are labelled and committed. */
  private void awaitMore(int version) {
    patiently()
        .until(
            () ->
                meters.find("teacher.model.info").tag("version", Integer.toString(version)).gauge()
                    != null);
    double soFar = meters.counter("teacher.views").count();
    patiently().until(() -> meters.counter("teacher.views").count() >= soFar + CHUNK);
  }

  private void sendUntil(AtomicBoolean enough, LabelerTestTopics topics) {
    while (!enough.get()) {
      List<AugmentedView> views = new ArrayList<>();
      for (int n = sent.get(); n < sent.get() + CHUNK; n++) {
        views.add(LabelerTestTopics.view(n, pixels(n)));
      }
      topics.send(views, topics.cluster().kafka());
      sent.addAndGet(CHUNK);
      patiently()
          .pollInterval(Duration.ofMillis(2))
          .until(() -> sent.get() - meters.counter("teacher.views").count() < 4 * CHUNK);
    }
  }

  private static byte[] pixels(int n) {
    byte[] pixels = new byte[16];
    new Random(n).nextBytes(pixels);
    return pixels;
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofMinutes(3));
  }
}
