package io.stillstream.labeler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.labeler.engine.EngineTeacherLoader;
import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.onnx.OnnxFixtures;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.answer.OutputShape;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerReloadIT {
  private static final int SWAPS = 10;
  private static final int CHUNK = 300;
  private static final int BATCH = 64;

  @Test
  void shouldSwapTenTimesUnderLoadAndLabelEveryViewWithTheVersionThatItNames(
      LabelerTestCluster cluster) throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(2);
    Path root = Files.createDirectory(cluster.directory().resolve("versions"));
    TeacherModelFixtures.writeShifted(root.resolve("v1"), 1);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Answers answers = new Answers();
    LabelerConfig config =
        topics.config(
            List.of(new TeacherSettings(root, 1)), Duration.ofMillis(50), 0, BATCH, Map.of());
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger sent = new AtomicInteger();

    // when
    try (LabelerService service =
        new LabelerService(
            config,
            meters,
            Duration.ofSeconds(15),
            spec ->
                answers.watch(
                    new EngineTeacherLoader("cpu", 1, 1, List.of(1, BATCH)).load(spec)))) {
      service.start();
      CompletableFuture<Void> load =
          CompletableFuture.runAsync(() -> sendUntil(enough, sent, topics, meters));
      awaitVersion(1, meters);
      for (int version = 2; version <= SWAPS + 1; version++) {
        double before = blockedMillis(meters);
        if (version == 6) {
          writeBroken(root.resolve("v5.1"));
          await().until(() -> meters.get("teacher.load.failures").counter().count() == 1);
        }
        write(root.resolve("v" + version), version);
        if (version % 2 == 0) {
          assertThat(lookNow(service)).isIn(202, 409);
        }
        awaitVersion(version, meters);
        System.out.println(
            answers.gaps(version)
                + ", no batch could begin for %.3f ms".formatted(blockedMillis(meters) - before));
      }
      enough.set(true);
      load.join();
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> meters.counter("teacher.views").count() == sent.get());

      // then
      await().until(() -> answers.closed() == SWAPS);
    }
    assertThat(answers.closed()).isEqualTo(SWAPS + 1);
    assertThat(meters.get("teacher.swap.duration").timer().count()).isEqualTo(SWAPS);
    assertThat(meters.get("teacher.load.failures").counter().count()).isEqualTo(1);
    assertThat(meters.find("teacher.recoveries").counters()).allMatch(c -> c.count() == 0);

    // and
    List<LabeledView> labeled = topics.labeled(soFar -> soFar.size() >= sent.get());
    assertThat(labeled).hasSize(sent.get());
    Map<Integer, String> hashes = new HashMap<>();
    for (int version = 1; version <= SWAPS + 1; version++) {
      hashes.put(version, ModelSpec.load(root.resolve("v" + version), "teacher").sha256());
    }
    Set<Long> views = new HashSet<>();
    Set<Integer> versions = new HashSet<>();
    for (LabeledView label : labeled) {
      long n = label.getView().getLineage().getOriginOffset();
      assertThat(views.add(n)).as("view %d once", n).isTrue();
      assertThat(label.getTeachers()).hasSize(1);
      Teacher teacher = label.getTeachers().get(0);
      int version = Integer.parseInt(teacher.getVersion());
      versions.add(version);
      assertThat(teacher.getSha256()).isEqualTo(hashes.get(version));
      assertThat(teacher.getPlatform())
          .isEqualTo(isOnnx(version) ? "onnxruntime_onnx" : "pytorch_libtorch");
      float[] expected = TeacherModelFixtures.linear(TeacherModelFixtures.view((int) (n % 200)));
      assertThat(FloatArrays.toArray(label.getLogits()))
          .containsExactly(
              new float[] {expected[0] + version, expected[1] + version, expected[2] + version},
              within(1e-4f));
    }
    assertThat(versions)
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, SWAPS + 1).boxed().toList());
    assertThat(topics.all(topics.names().deadLetters())).isEmpty();
  }

  /** Versions of one format and of the other follow each other, and of the same one too. */
  private static void write(Path directory, int version) throws IOException {
    if (isOnnx(version)) {
      OnnxFixtures.writeShifted(directory, version);
    } else {
      TeacherModelFixtures.writeShifted(directory, version);
    }
  }

  private static boolean isOnnx(int version) {
    return version % 4 >= 2;
  }

  /** Until views are labelled by this version, and committed. */
  private static void awaitVersion(int version, SimpleMeterRegistry meters) {
    await()
        .atMost(Duration.ofSeconds(90))
        .until(
            () ->
                meters.find("teacher.model.info").tag("version", Integer.toString(version)).gauge()
                    != null);
    double soFar = meters.counter("teacher.views").count();
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> meters.counter("teacher.views").count() >= soFar + 2 * CHUNK);
  }

  private static double blockedMillis(SimpleMeterRegistry meters) {
    return meters.get("teacher.swap.duration").timer().totalTime(TimeUnit.MILLISECONDS);
  }

  private static int lookNow(LabelerService service) throws InterruptedException {
    HttpEndpoint post =
        service.endpoints().stream()
            .filter(endpoint -> endpoint.method().equals("POST"))
            .findFirst()
            .orElseThrow();
    return post.handler().handle(new HttpEndpoint.Request("", Map.of(), new byte[0])).status();
  }

  private static void writeBroken(Path directory) throws IOException {
    TeacherModelFixtures.writeShifted(directory, 99);
    byte[] model = Files.readAllBytes(directory.resolve("model.pt"));
    Files.write(directory.resolve("model.pt"), List.of(new String(model, 0, 500, UTF_8)));
  }

  private static void sendUntil(
      AtomicBoolean enough,
      AtomicInteger sent,
      LabelerTestTopics topics,
      SimpleMeterRegistry meters) {
    while (!enough.get()) {
      topics.sendViews(sent.get(), CHUNK);
      sent.addAndGet(CHUNK);
      await()
          .atMost(Duration.ofSeconds(90))
          .pollInterval(Duration.ofMillis(2))
          .until(() -> sent.get() - meters.counter("teacher.views").count() < 8 * CHUNK);
    }
  }

  /** When which version has answered, and how many are closed. */
  private static final class Answers {
    private final List<Answered> all = new ArrayList<>();
    private int closed;

    private record Answered(int version, long nanos) {}

    List<io.stillstream.labeler.model.TeacherModel> watch(
        List<io.stillstream.labeler.model.TeacherModel> lanes) {
      return lanes.stream()
          .<io.stillstream.labeler.model.TeacherModel>map(lane -> new Watched(lane, this))
          .toList();
    }

    synchronized void answered(io.stillstream.labeler.model.TeacherModel teacher) {
      all.add(new Answered(Integer.parseInt(teacher.identity().version()), System.nanoTime()));
    }

    synchronized void closedOne() {
      closed++;
    }

    synchronized int closed() {
      return closed;
    }

    /** What the swap to a version looked like from a batch. */
    synchronized String gaps(int version) {
      List<Double> millis = new ArrayList<>();
      double atSwap = Double.NaN;
      for (int i = 1; i < all.size(); i++) {
        double gap = (all.get(i).nanos() - all.get(i - 1).nanos()) / 1e6;
        if (all.get(i).version() == version && all.get(i - 1).version() == version - 1) {
          atSwap = gap;
        } else {
          millis.add(gap);
        }
      }
      millis.sort(null);
      return "swap to version %d: %.1f ms between the last batch of the old and the first of the new"
              .formatted(version, atSwap)
          + " (otherwise %.1f median, %.1f at the 99th percentile)"
              .formatted(millis.get(millis.size() / 2), millis.get(millis.size() * 99 / 100));
    }
  }

  /** A teacher whose answers are noted; the first answers, to warm it, came before. */
  private record Watched(io.stillstream.labeler.model.TeacherModel teacher, Answers answers)
      implements io.stillstream.labeler.model.TeacherModel {
    @Override
    public Identity identity() {
      return teacher.identity();
    }

    @Override
    public String device() {
      return teacher.device();
    }

    @Override
    public OutputShape output() {
      return teacher.output();
    }

    @Override
    public Optional<String> rejectionReason(Pixels view) {
      return teacher.rejectionReason(view);
    }

    @Override
    public DeviceBatch prepare(List<Pixels> views) {
      return teacher.prepare(views);
    }

    @Override
    public float[][] answers(DeviceBatch batch) {
      float[][] logits = teacher.answers(batch);
      answers.answered(teacher);
      return logits;
    }

    @Override
    public Pixels knownGood() {
      return teacher.knownGood();
    }

    @Override
    public void close() {
      teacher.close();
      answers.closedOne();
    }
  }
}
