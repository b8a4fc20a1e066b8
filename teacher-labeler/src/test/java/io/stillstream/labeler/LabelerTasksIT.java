package io.stillstream.labeler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.config.AnswerSettings;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.FakeDeviceBatch;
import io.stillstream.labeler.torch.FixtureTeacherModel;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.HalfPrecision;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The service with teachers of each task. */
@Tag("test-environment")
@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerTasksIT {
  private static final int VIEWS = 200;
  private static final int CLASSES = 3;
  private static final OutputShape CELLS = OutputShape.segmentation(CLASSES, 2, 2, 2);

  @Test
  void shouldLabelPixelsAndScoreThemAgainstMasks(LabelerTestCluster cluster) throws Exception {
    // given: of the views with a mask one has a damaged one, and one a class that is none
    LabelerTestTopics topics = cluster.topics(2);
    List<AugmentedView> views = new ArrayList<>();
    for (int n = 0; n < VIEWS; n++) {
      AugmentedView view = LabelerTestTopics.view(n, TeacherModelFixtures.view(n));
      if (n % 2 == 0) {
        view.setMask(MaskCodec.encode(mask(n)));
      }
      view.setLabel(new Label(0, null, 1.0));
      views.add(view);
    }
    views.get(10).setMask(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    views.get(20).setMask(MaskCodec.encode(new SegmentationMask(4, 4, sevens())));
    views.get(30).setPixels(ByteBuffer.wrap(TeacherModelFixtures.view(254)));
    topics.send(views, cluster.kafka());
    SimpleMeterRegistry meters = new SimpleMeterRegistry();

    // when
    run(topics.config("pixels-not-a-number", 0, 32, Map.of()), meters);

    // then: masks that are none cost no label
    List<LabeledView> labeled = topics.labeled(soFar -> soFar.size() >= VIEWS - 1);
    assertThat(new TreeSet<>(labeled.stream().map(LabelerTasksIT::offset).toList()))
        .hasSize(VIEWS - 1)
        .doesNotContain(30);
    for (LabeledView label : labeled) {
      assertThat(label.getView()).isEqualTo(views.get(offset(label)));
      assertThat(label.getLogits()).isNull();
      assertThat(LabeledAnswers.shape(label)).contains(CELLS);
      assertThat(label.getDenseLogits().getValues().remaining()).isEqualTo(2 * CELLS.size());
      assertThat(LabeledAnswers.row(label))
          .containsExactly(
              TeacherModelFixtures.cells(TeacherModelFixtures.view(offset(label))), within(2e-3f));
    }
    assertThat(letters(topics, "stillstream.reason")).containsExactly("non_finite");
    assertThat(letters(topics, DeadLetterFactory.MESSAGE))
        .allMatch(message -> message.equals("the logit of class 0 in row 0, column 0 is NaN"));
    assertScores(labeled, meters);
    assertThat(meters.get("teacher.accuracy").gauge().value()).isNaN();
    assertThat(meters.counter("teacher.labeled").count()).isEqualTo(VIEWS - 1);
  }

  @Test
  void shouldLabelWithEmbeddings(LabelerTestCluster cluster) throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(1);
    topics.sendViews(0, VIEWS);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();

    // when
    run(topics.config("vector", 0, 32, Map.of()), meters);

    // then
    List<LabeledView> labeled = topics.labeled(soFar -> soFar.size() >= VIEWS);
    assertThat(labeled).hasSize(VIEWS);
    for (LabeledView label : labeled) {
      float[] expected = new float[5];
      for (int d = 0; d < expected.length; d++) {
        expected[d] = (TeacherModelFixtures.view(offset(label) % 200)[d] & 0xFF) / 255f;
      }
      assertThat(LabeledAnswers.shape(label)).contains(OutputShape.embedding(5));
      assertThat(label.getEmbedding().getValues())
          .isEqualTo(ByteBuffer.wrap(HalfPrecision.encode(expected)));
    }
    assertThat(meters.get("teacher.loss").gauge().value()).isNaN();
    assertThat(meters.find("teacher.augmentation.views").tag("operation", "original").counter())
        .satisfies(counter -> assertThat(counter.count()).isEqualTo(VIEWS));
  }

  @Test
  void shouldKeepTheLargestLogits(LabelerTestCluster cluster) throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(1);
    topics.sendViews(0, VIEWS);

    // when
    run(topics.config("linear", 0, 32, new AnswerSettings(Optional.of(1))), meters());

    // then
    List<LabeledView> labeled = topics.labeled(soFar -> soFar.size() >= VIEWS);
    for (LabeledView label : labeled) {
      float[] logits = TeacherModelFixtures.linear(TeacherModelFixtures.view(offset(label) % 200));
      assertThat(label.getLogits()).isNull();
      assertThat(label.getTopLogits().getIndices()).containsExactly(0);
      assertThat(label.getTopLogits().getLogits().get(0)).isEqualTo(logits[0], within(1e-4f));
      assertThat(label.getTopLogits().getRestLogSum())
          .isEqualTo((float) Math.log(Math.exp(logits[1]) + Math.exp(logits[2])), within(1e-5f));
    }

    // and: as many as there are classes are refused
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () -> run(topics.config("linear", 0, 32, new AnswerSettings(Optional.of(3))), meters()))
        .withMessage("labels.top-k must be less than the teacher's 3 classes, was 3");
  }

  @Test
  void shouldPutAsideWhatHalfPrecisionCannotHold(LabelerTestCluster cluster) throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(1);
    topics.sendViews(0, 20);
    LabelerConfig config = topics.config("vector", 0, 32, Map.of());
    SimpleMeterRegistry meters = meters();

    // when
    try (LabelerService service =
        new LabelerService(
            config, meters, Duration.ofSeconds(15), spec -> List.of(new Thousands()))) {
      service.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> meters.counter("teacher.views").count() == 20);
    }

    // then: 10,000 times the first pixel
    assertThat(topics.labeled(soFar -> soFar.size() >= 7))
        .extracting(LabelerTasksIT::offset)
        .containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(letters(topics, "stillstream.reason")).hasSize(13).containsOnly("overflow");
    assertThat(letters(topics, DeadLetterFactory.MESSAGE))
        .contains("dimension 0 of the embedding is 70000.0, half precision ends at ±65504");
    assertThat(meters.counter("teacher.rejected", "reason", "overflow").count()).isEqualTo(13);
  }

  private static final class Thousands extends FixtureTeacherModel {
    private Thousands() {
      super("thousands");
    }

    @Override
    public OutputShape output() {
      return OutputShape.embedding(1);
    }

    @Override
    public float[][] answers(DeviceBatch batch) {
      return ((FakeDeviceBatch) batch)
          .views().stream()
              .map(view -> new float[] {10_000f * view.bytes()[0]})
              .toArray(float[][]::new);
    }
  }

  /** Counted from the topic, as whoever reads it would count. */
  private static void assertScores(List<LabeledView> labeled, SimpleMeterRegistry meters) {
    long[] right = new long[CLASSES];
    long[] union = new long[CLASSES];
    double loss = 0;
    int views = 0;
    long pixels = 0;
    for (LabeledView label : labeled) {
      int n = offset(label);
      if (n % 2 != 0 || n == 10 || n == 20) {
        continue;
      }
      views++;
      float[] row = TeacherModelFixtures.cells(TeacherModelFixtures.view(n));
      double ofView = 0;
      int counted = 0;
      for (int cell = 0; cell < 4; cell++) {
        int truth = mask(n).at((cell / 2 * 2 + 1) * 4 + cell % 2 * 2 + 1);
        if (truth == SegmentationMask.IGNORE) {
          continue;
        }
        counted++;
        int top = 0;
        double sum = 0;
        for (int k = 0; k < CLASSES; k++) {
          top = row[4 * k + cell] > row[4 * top + cell] ? k : top;
          sum += Math.exp(row[4 * k + cell]);
        }
        ofView += Math.log(sum) - row[4 * truth + cell];
        union[truth]++;
        if (top == truth) {
          right[truth]++;
        } else {
          union[top]++;
        }
      }
      pixels += counted;
      loss += ofView / counted;
    }
    double iou = 0;
    long correct = 0;
    for (int k = 0; k < CLASSES; k++) {
      iou += (double) right[k] / union[k] / CLASSES;
      correct += right[k];
    }
    assertThat(correct).isBetween(1L, pixels - 1);
    assertThat(meters.get("teacher.pixel.accuracy").gauge().value())
        .isEqualTo((double) correct / pixels, within(1e-9));
    assertThat(meters.get("teacher.mean.iou").gauge().value()).isEqualTo(iou, within(1e-9));
    assertThat(meters.get("teacher.loss").gauge().value()).isEqualTo(loss / views, within(1e-5));
  }

  /** Each cell of view n has one class at its centre, or 255 in every eighth view. */
  private static SegmentationMask mask(int n) {
    byte[] classes = new byte[16];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) (n % 8 == 0 && i == 5 ? SegmentationMask.IGNORE : (n / 2 + i) % CLASSES);
    }
    return new SegmentationMask(4, 4, classes);
  }

  private static byte[] sevens() {
    byte[] classes = new byte[16];
    Arrays.fill(classes, (byte) 7);
    return classes;
  }

  private static SimpleMeterRegistry meters() {
    return new SimpleMeterRegistry();
  }

  private static int offset(LabeledView label) {
    return (int) label.getView().getLineage().getOriginOffset();
  }

  private static List<String> letters(LabelerTestTopics topics, String header) {
    List<String> values = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> letter : topics.all(topics.names().deadLetters())) {
      values.add(new String(letter.headers().lastHeader(header).value(), UTF_8));
    }
    return values;
  }

  private static void run(LabelerConfig config, SimpleMeterRegistry meters) {
    try (LabelerService service = new LabelerService(config, meters)) {
      service.start();
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> meters.counter("teacher.views").count() == VIEWS);
    }
  }
}
