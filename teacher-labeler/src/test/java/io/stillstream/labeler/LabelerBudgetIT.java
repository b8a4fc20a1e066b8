package io.stillstream.labeler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.budget.LabelBudget;
import io.stillstream.labeler.config.LabelBudgetSettings;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.wire.AvroSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerBudgetIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int VIEWS = 600;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void shouldLabelAFractionPassOverTheRestAndAccountForAll(LabelerTestCluster cluster)
      throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(2);
    List<Object> records = new ArrayList<>();
    for (int n = 0; n < VIEWS; n++) {
      // Two views of each image, and a few records that are no views at all.
      records.add(
          n % 100 == 99
              ? "no avro at all".getBytes(UTF_8)
              : LabelerTestTopics.view(n / 2, TeacherModelFixtures.view(n % 200)));
    }
    topics.send(records, cluster.kafka());
    LabelerConfig config =
        topics.config("linear", 0, 16, Map.of(), new LabelBudgetSettings(0.3, Optional.empty()));

    // when
    try (LabelerService service = new LabelerService(config, meters)) {
      service.start();
      await().atMost(PATIENCE).until(() -> count("teacher.views") == VIEWS);
      assertThat(check(service)).contains("fraction 0.300, fixed");
    }
    List<LabeledView> views = topics.labeled(soFar -> soFar.size() == VIEWS - 6);

    // then
    for (LabeledView view : views) {
      String imageId = view.getView().getLineage().getImageId();
      boolean included = LabelBudget.hash(imageId) < 0.3;
      assertThat(view.getLogits() != null).as(imageId).isEqualTo(included);
      assertThat(view.getTeachers()).hasSize(included ? 1 : 0);
      assertThat(view.getView().getPixels().remaining()).isEqualTo(16);
    }
    double passedOver = views.stream().filter(view -> view.getLogits() == null).count();
    assertThat(passedOver / views.size()).isCloseTo(0.7, within(0.1));
    assertThat(count("teacher.passed.over")).isEqualTo(passedOver);
    assertThat(count("teacher.labeled")).isEqualTo(views.size() - passedOver);
    assertThat(meters.get("teacher.rejected").tag("reason", "malformed").counter().count())
        .isEqualTo(6);
    assertThat(topics.all(topics.names().deadLetters())).hasSize(6);
    assertThat(meters.get("teacher.label.fraction").gauge().value()).isEqualTo(0.3);
  }

  @Test
  void shouldFollowWhatStudentsReport(LabelerTestCluster cluster) throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(1);
    LabelBudgetSettings.Adaptive adaptive =
        new LabelBudgetSettings.Adaptive(0.05, 1, 0.1, 1, Duration.ofMinutes(5));
    LabelerConfig config =
        topics.config("linear", 0, 16, Map.of(), new LabelBudgetSettings(1, Optional.of(adaptive)));
    Instant start = Instant.now();
    // Neither a report of yesterday nor what is no report counts.
    report(topics, cluster, progress("old", 0, 5000, start.minus(Duration.ofDays(1))), start);
    try (LabelerService service = new LabelerService(config, meters)) {
      service.start();

      // when nobody has reported
      topics.sendViews(0, 100);
      // then
      await().atMost(PATIENCE).until(() -> count("teacher.labeled") == 100);
      assertThat(check(service)).contains("fraction 1.000: no student has reported lately");

      // when a student agrees; the rubbish before it is skipped
      send(topics, cluster, "cnn", "rubbish".getBytes(UTF_8), start);
      report(topics, cluster, progress("cnn", 2.5, 5000, start), start);
      report(topics, cluster, progress("cnn", 0, 5000, start), start);
      await().atMost(PATIENCE).until(() -> fraction() == 0.05);
      topics.sendViews(100, 200);
      // then
      await().atMost(PATIENCE).until(() -> count("teacher.views") == 300);
      int included = included(100, 300);
      assertThat(included).isBetween(1, 30);
      assertThat(count("teacher.labeled")).isEqualTo(100 + included);
      assertThat(count("teacher.passed.over")).isEqualTo(200 - included);
      assertThat(skipped("malformed")).isEqualTo(1);
      assertThat(skipped("values")).isEqualTo(1);
      assertThat(check(service)).contains("fraction 0.050: disagreement 0.000, cnn");

      // when another student does not
      report(topics, cluster, progress("mlp", 0.06, 1_000_000, start), start);
      // then
      await().atMost(PATIENCE).until(() -> Math.abs(fraction() - 0.6) < 1e-3);

      // when it is no more
      send(topics, cluster, "mlp", null, start);
      // then
      await().atMost(PATIENCE).until(() -> fraction() == 0.05);
      await().atMost(PATIENCE).until(() -> service.health().ready());
    }
    assertThat(topics.labeled(soFar -> soFar.size() == 300)).hasSize(300);
  }

  @Test
  void shouldStartFromTheReportsThatStillCount(LabelerTestCluster cluster) throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(1);
    Instant now = Instant.now();
    report(topics, cluster, progress("cnn", 0.03, 1_000_000, now), now);
    LabelBudgetSettings.Adaptive adaptive =
        new LabelBudgetSettings.Adaptive(0.05, 1, 0.1, 1, Duration.ofMinutes(5));
    LabelerConfig config =
        topics.config("linear", 0, 16, Map.of(), new LabelBudgetSettings(1, Optional.of(adaptive)));

    // when
    try (LabelerService service = new LabelerService(config, meters)) {
      service.start();

      // then
      await().atMost(PATIENCE).until(() -> Math.abs(fraction() - 0.3) < 1e-3);
    }
  }

  private double fraction() {
    return meters.get("teacher.label.fraction").gauge().value();
  }

  private double count(String name) {
    return meters.get(name).counter().count();
  }

  private double skipped(String reason) {
    return meters.get("teacher.progress.rejected").tag("reason", reason).counter().count();
  }

  private static String check(LabelerService service) {
    return service.health().checks().stream()
        .filter(check -> check.name().equals("budget"))
        .map(Check::detail)
        .findFirst()
        .orElseThrow();
  }

  private static int included(int from, int to) {
    return (int)
        IntStream.range(from, to).filter(n -> LabelBudget.hash("image-" + n) < 0.05).count();
  }

  private static StudentProgress progress(
      String student, double disagreement, int images, Instant reportedAt) {
    return new StudentProgress(student, 1L, 128L, images, disagreement, null, reportedAt);
  }

  private static void report(
      LabelerTestTopics topics, LabelerTestCluster cluster, StudentProgress progress, Instant at) {
    try (AvroSerializer serializer = new AvroSerializer()) {
      serializer.configure(cluster.kafka(), false);
      byte[] value = serializer.serialize(topics.names().studentProgress(), progress);
      send(topics, cluster, progress.getStudent(), value, at);
    }
  }

  private static void send(
      LabelerTestTopics topics,
      LabelerTestCluster cluster,
      String student,
      byte[] value,
      Instant at) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", cluster.kafka().get("bootstrap.servers")),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var unused =
          producer.send(
              new ProducerRecord<>(
                  topics.names().studentProgress(),
                  0,
                  at.toEpochMilli(),
                  student.getBytes(UTF_8),
                  value));
    }
  }
}
