package io.stillstream.labeler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.augmentation.AugmentationStatistics;
import io.stillstream.runtime.augmentation.AugmentationStatistics.AugmentationRow;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ViewAnswers;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.runtime.augmentation.OriginalAnswers;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Operation;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.schemas.values.Logits;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("test-environment")
@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerServiceIT {
  private static final int GOOD = 500;

  @Test
  void shouldLabelWhatCanBeLabelledAndPutAsideTheRest(LabelerTestCluster cluster) throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(2, Map.of("max.message.bytes", "3000"));
    List<Object> records = new ArrayList<>();
    for (int n = 0; n < GOOD; n++) {
      AugmentedView view = LabelerTestTopics.view(n, TeacherModelFixtures.view(n % 200));
      // The true class is always the sum's: with pixels from 0 to 215 that is the top one.
      view.setLabel(n % 2 == 0 ? new Label(n % 4 == 0 ? 0 : 1, null, 1.0) : null);
      records.add(view);
    }
    Map<Integer, Object> bad = bad();
    bad.forEach(records::set);
    topics.send(records, cluster.kafka());
    SimpleMeterRegistry meters = new SimpleMeterRegistry();

    // when
    try (LabelerService service =
        new LabelerService(topics.config("moody", 0, 64, Map.of()), meters)) {
      service.start();
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> meters.counter("teacher.views").count() == GOOD);
      assertThat(service.health().live()).isTrue();
      await().until(() -> service.health().ready());
      Gauge stable =
          meters
              .get("stillstream.last.stable.offset.lag")
              .tag("topic", topics.names().views())
              .gauge();
      await().atMost(Duration.ofSeconds(90)).until(() -> stable.value() == 0);
    }

    // then
    List<LabeledView> labeled = topics.labeled(soFar -> soFar.size() >= GOOD - bad.size());
    assertThat(topics.all(topics.names().labeledViews())).hasSize(GOOD - bad.size());
    for (LabeledView label : labeled) {
      int n = (int) label.getView().getLineage().getOriginOffset();
      assertThat(label.getView()).isEqualTo(records.get(n));
      assertThat(FloatArrays.toArray(label.getLogits()))
          .containsExactly(
              TeacherModelFixtures.linear(TeacherModelFixtures.view(n % 200)), within(1e-4f));
      assertThat(label.getTeachers()).hasSize(1);
      assertThat(label.getTeachers().get(0).getName()).isEqualTo("moody");
      assertThat(label.getTeachers().get(0).getSha256())
          .isEqualTo(TeacherModelFixtures.spec("moody").sha256());
      assertThat(label.getTeachers().get(0).getWeight()).isEqualTo(1.0);
      assertThat(label.getLabeledAt()).isAfterOrEqualTo(label.getView().getAugmentedAt());
    }
    for (ConsumerRecord<byte[], byte[]> record : topics.all(topics.names().labeledViews())) {
      String n = new String(record.key(), UTF_8).substring("image-".length());
      assertThat(header(record, "stillstream.origin.topic")).isEqualTo("origin-" + n);
      assertThat(record.headers().lastHeader("stillstream.attempt")).isNull();
    }

    // and
    List<ConsumerRecord<byte[], byte[]>> letters = topics.all(topics.names().deadLetters());
    assertThat(letters.stream().map(letter -> header(letter, "stillstream.reason")))
        .containsExactlyInAnyOrder(
            "malformed",
            "empty",
            "wrong_type",
            "shape",
            "pixels",
            "non_finite",
            "inference",
            "too_large");
    for (ConsumerRecord<byte[], byte[]> letter : letters) {
      int n = Integer.parseInt(new String(letter.key(), UTF_8).substring("image-".length()));
      assertThat(header(letter, "stillstream.service")).isEqualTo("teacher-labeler");
      assertThat(header(letter, "__streams.errors.topic")).isEqualTo(topics.names().views());
      assertThat(header(letter, "stillstream.origin.topic")).isEqualTo("origin-" + n);
      assertThat(header(letter, "stillstream.attempt")).isEqualTo("2");
      assertThat(bad).containsKey(n);
      if (bad.get(n) instanceof byte[] bytes) {
        assertThat(letter.value()).isEqualTo(bytes);
      }
    }

    // and
    double rejected =
        meters.find("teacher.rejected").counters().stream().mapToDouble(c -> c.count()).sum();
    assertThat(rejected).isEqualTo(bad.size());
    assertThat(meters.counter("teacher.labeled").count()).isEqualTo(GOOD - bad.size());
    assertThat(meters.get("teacher.accuracy").gauge().value()).isEqualTo(0.5, within(0.02));
    assertThat(meters.get("teacher.loss").gauge().value()).isEqualTo(loss(labeled), within(1e-4));
    assertThat(meters.get("stillstream.pipeline.age").tag("stage", "labeled").timer().count())
        .isEqualTo(GOOD - bad.size());
    double closed =
        meters.find("teacher.batch.closed").counters().stream().mapToDouble(c -> c.count()).sum();
    assertThat(meters.get("teacher.batch.size").summary().count())
        .isEqualTo((long) closed)
        .isPositive();
    assertThat(meters.get("teacher.batch.size").summary().totalAmount()).isEqualTo(GOOD);
  }

  /** The reference is counted from the topic, as whoever reads it would count. */
  @Test
  void shouldCountWhatAugmentationDoesToTheAnswersThatItCommits(LabelerTestCluster cluster)
      throws Exception {
    // given: four views of each image; on dark ones the teacher goes by the first and last pixel
    LabelerTestTopics topics = cluster.topics(1);
    List<Object> records = new ArrayList<>();
    for (int n = 0; n < GOOD; n++) {
      int index = n % 4;
      byte[] pixels = new byte[16];
      pixels[index == 3 && n % 8 == 3 ? 15 : 0] = (byte) (n % 100);
      AugmentedView view = LabelerTestTopics.view(n, pixels);
      view.setLineage(
          new Lineage("images", 0, n / 4L, "image-" + n / 4, index, 4, 42L, "policy", null, null));
      view.getRecipe()
          .setOperations(
              index == 0
                  ? List.of()
                  : List.of(new Operation("rotate", Map.of("degrees", index * 3.0))));
      view.setLabel(n % 5 == 0 ? null : new Label(n % 3, null, 1.0));
      records.add(view);
    }
    records.set(9, "no avro at all".getBytes(UTF_8));
    topics.send(records, cluster.kafka());
    SimpleMeterRegistry meters = new SimpleMeterRegistry();

    // when
    try (LabelerService service =
        new LabelerService(topics.config("scaled", 0, 8, Map.of()), meters)) {
      service.start();
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> meters.counter("teacher.views").count() == GOOD);
    }

    // then
    List<AugmentationRow> rows = statistics(topics.labeled(soFar -> soFar.size() >= GOOD - 1));
    assertThat(rows)
        .extracting(
            row -> row.key().operation() + " " + row.key().strength(), AugmentationRow::views)
        .containsExactly(
            tuple("original any", 125L),
            tuple("augmented any", 374L),
            tuple("rotate 2-4", 124L),
            tuple("rotate 4-8", 125L),
            tuple("rotate 8-15", 125L));
    assertThat(rows.get(4).teacher().sameClass()).isBetween(1L, 124L);
    assertThat(rows.get(4).correct()).isBetween(1L, rows.get(4).labelled() - 1);
    assertThat(meters.find("teacher.augmentation.views").counters()).hasSize(rows.size());
    for (AugmentationRow row : rows) {
      Tags tags = Tags.of("operation", row.key().operation(), "strength", row.key().strength());
      assertThat(meters.counter("teacher.augmentation.views", tags).count())
          .isEqualTo((double) row.views());
      assertThat(meters.counter("teacher.augmentation.agreements", tags).count())
          .isEqualTo((double) row.teacher().sameClass());
      assertThat(meters.counter("teacher.augmentation.known.class", tags).count())
          .isEqualTo((double) row.labelled());
      assertThat(meters.counter("teacher.augmentation.correct", tags).count())
          .isEqualTo((double) row.correct());
      DistributionSummary divergence =
          meters.get("teacher.augmentation.divergence").tags(tags).summary();
      assertThat(divergence.count()).isEqualTo(row.teacher().views());
      assertThat(divergence.totalAmount()).isEqualTo(row.teacher().divergence(), within(1e-9));
    }
  }

  private static List<AugmentationRow> statistics(List<LabeledView> labeled) {
    OriginalAnswers originals = new OriginalAnswers();
    AugmentationStatistics statistics = new AugmentationStatistics();
    for (LabeledView label : labeled) {
      AugmentedView view = label.getView();
      float[] logits = FloatArrays.toArray(label.getLogits());
      statistics.add(
          OperationStrength.of(view),
          new ViewAnswers(
              originals.compare(view.getLineage(), label.getTeachers(), logits),
              Optional.ofNullable(view.getLabel())
                  .map(truth -> truth.getPrimary() == Logits.top(logits)),
              Optional.empty()));
    }
    return statistics.rows();
  }

  /** Mean of −log softmax, as it is written in books, over the views that have a label. */
  private static double loss(List<LabeledView> labeled) {
    return labeled.stream()
        .filter(label -> label.getView().getLabel() != null)
        .mapToDouble(
            label -> {
              float[] logits = FloatArrays.toArray(label.getLogits());
              double sum = 0;
              for (float logit : logits) {
                sum += Math.exp(logit);
              }
              return Math.log(sum) - logits[label.getView().getLabel().getPrimary()];
            })
        .average()
        .orElseThrow();
  }

  private static Map<Integer, Object> bad() {
    AugmentedView big = LabelerTestTopics.view(400, TeacherModelFixtures.view(0));
    big.getRecipe()
        .setOperations(
            IntStream.range(0, 300).mapToObj(i -> new Operation("operation", Map.of())).toList());
    AugmentedView small = LabelerTestTopics.view(60, new byte[9]);
    small.setHeight(3);
    small.setWidth(3);
    return Map.of(
        10,
        "no avro at all".getBytes(UTF_8),
        20,
        LabelerTestTopics.NO_VALUE,
        30,
        new ImageEvent(
            "image-30",
            "test",
            Instant.EPOCH,
            "image/png",
            ByteBuffer.allocate(1),
            null,
            null,
            null,
            null,
            null,
            null,
            Map.of()),
        60,
        small,
        70,
        LabelerTestTopics.view(70, new byte[15]),
        100,
        LabelerTestTopics.view(100, TeacherModelFixtures.view(254)),
        200,
        LabelerTestTopics.view(200, TeacherModelFixtures.view(255)),
        400,
        big);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String key) {
    return new String(record.headers().lastHeader(key).value(), UTF_8);
  }
}
