package io.stillstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.offline.OfflineTrainer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A stream without labels, and labels for a tenth of its images that come later, shuffled and
 * partly twice. The teacher is unsure about one class and mostly wrong; the labels are those of
 * half of its images, as people would be asked about them.
 */
@Tag("test-environment")
class LateLabelsIT extends TrainerTestBase {
  private static final int CLASSES = 5;
  private static final int UNSURE = 4;
  private static final int SIDE = 8;
  private static final int BATCHES = 60;
  private static final int VIEWS = BATCHES * BATCH;
  private static final long STEP_MILLIS = 10;
  private static final String SETTINGS =
      """
      merge: {max-wait: 200ms}
      loss: {alpha: 0.1, temperature: 1}
      optimiser: {kind: adamw}
      guard: {spike-factor: 1000000}
      release: {gate: {enabled: false}}
      buffer: {views: 1000}
      """;
  private static final String ENABLED = "labels: {enabled: true}\n";

  private final long begin = System.currentTimeMillis() - VIEWS * STEP_MILLIS;

  /** A label as it was sent: by whom, about what, when. */
  private record Sent(long image, int label, long time) {}

  @Test
  void shouldLearnTheSameFromTheSameRecords() throws Exception {
    // given
    suffix = CLUSTER.topics(2);
    sendViews(0, VIEWS, 2);
    List<Sent> labels = labels();
    assertThat(labels.stream().map(Sent::image).distinct()).hasSize(VIEWS / 2 / 10);
    sendLabels(labels, 2);

    // when
    Path straight = train("straight", ENABLED + "decode: {threads: 0}\n", VIEWS);
    Path again = train("again", ENABLED + "decode: {threads: 1}\n", VIEWS);
    Path broken =
        train(
            "broken",
            ENABLED + "decode: {threads: 4}\n",
            7 * BATCH + 3,
            23 * BATCH,
            41 * BATCH + 9,
            VIEWS);
    Path without = train("without", "", VIEWS);

    // then
    assertSame(again, straight);
    assertSame(broken, straight);
    assertThat(TrainerDirectoryReader.tensors(newest(without).resolve("weights.pt")))
        .isNotEqualTo(TrainerDirectoryReader.tensors(newest(straight).resolve("weights.pt")));

    // and: the student has learned from the labels what the teacher did not know
    double withLabels = accuracy(straight);
    double withoutLabels = accuracy(without);
    assertThat(withoutLabels).isBetween(0.7, 0.85);
    assertThat(withLabels).isGreaterThan(withoutLabels + 0.1);
  }

  @Test
  void shouldCorrectScoresExactly() throws Exception {
    // given: what the student answered before it knew a label
    suffix = CLUSTER.topics(2);
    sendViews(0, VIEWS, 2);
    Path trainer = directory.resolve("scores");
    TrainerService service = start(settings(trainer, ENABLED + "checkpoint: {every: 200ms}\n"));
    await().atMost(PATIENCE).until(() -> TrainerDirectoryReader.views(trainer) == VIEWS);
    Map<Long, Answer> answers = answers(trainer);
    assertThat(answers).hasSize(VIEWS / 2);
    assertThat(answers.values()).allMatch(answer -> answer.label() < 0);

    // when
    List<Sent> labels = labels();
    sendLabels(labels, 2);
    Map<Long, Integer> truths = new HashMap<>();
    labels.forEach(sent -> truths.put(number(sent.image()), sent.label()));
    await()
        .atMost(PATIENCE)
        .until(
            () -> meters.get("student.labels").tag("match", "late").counter().count(),
            count -> count == labels.size());
    service.close();

    // then
    Map<Long, Answer> corrected = answers(trainer);
    assertThat(corrected.keySet()).isEqualTo(answers.keySet());
    corrected.forEach(
        (image, answer) -> {
          Answer before = answers.get(image);
          int truth = truths.getOrDefault(image, -1);
          assertThat(answer).isEqualTo(new Answer(truth, before.teacher(), before.student()));
        });
    List<Answer> judged = truths.keySet().stream().map(corrected::get).toList();
    assertThat(meters.get("student.prequential.accuracy").gauge().value())
        .isEqualTo(share(judged.stream().filter(a -> a.student() == a.label()).count(), judged));
    assertThat(meters.get("student.prequential.teacher.accuracy").gauge().value())
        .isEqualTo(share(judged.stream().filter(a -> a.teacher() == a.label()).count(), judged));
    assertThat(meters.get("student.label.teacher.accuracy").gauge().value())
        .isCloseTo(
            share(judged.stream().filter(a -> a.teacher() == a.label()).count(), judged),
            within(1e-9));
  }

  @Test
  void shouldGoOnWithoutATopicOfLabelsAndFindItLater() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    String topic = "labels-" + suffix;
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", CLUSTER.servers()))) {
      admin.deleteTopics(List.of(topic)).all().get();
      TrainerService service =
          start(settings(directory.resolve("alone"), ENABLED + "checkpoint: {every: 200ms}\n"));
      sendViews(0, 4 * BATCH, 1);
      await().atMost(PATIENCE).until(() -> service.viewsSeen() == 4 * BATCH);

      // when
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
      sendLabels(List.of(new Sent(3, 1, begin), new Sent(5, 2, begin)), 1);

      // then
      await()
          .atMost(PATIENCE)
          .until(
              () -> meters.get("student.labels").tag("match", "late").counter().count(),
              count -> count == 2);
      sendViews(4 * BATCH, 8 * BATCH, 1);
      await().atMost(PATIENCE).until(() -> service.viewsSeen() == 8 * BATCH);

      // when: views would wait for labels of a topic that is gone
      admin.deleteTopics(List.of(topic)).all().get();
      sendViews(8 * BATCH, 12 * BATCH, 1);

      // then
      await().atMost(PATIENCE).until(() -> service.viewsSeen() == 12 * BATCH);
      service.close();
    }
  }

  private static double share(long part, List<Answer> all) {
    return (double) part / all.size();
  }

  /** What the window of a checkpoint says of an image. */
  private record Answer(int label, int teacher, int student) {}

  /** By the number of the image, read without the trainer's own code. */
  private static Map<Long, Answer> answers(Path trainer) throws IOException {
    String window = TrainerDirectoryReader.state(newest(trainer)).get("window").asText();
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(window.substring(window.indexOf(':') + 1)));
    Map<Long, Answer> answers = new HashMap<>();
    while (bytes.hasRemaining()) {
      Answer answer = new Answer(bytes.getInt(), bytes.getInt(), bytes.getInt());
      bytes.getFloat();
      bytes.getFloat();
      answers.put(bytes.getLong(), answer);
    }
    return answers;
  }

  private static void assertSame(Path actual, Path expected) throws IOException {
    for (String file : List.of("weights.pt", "average.pt")) {
      assertThat(TrainerDirectoryReader.tensors(newest(actual).resolve(file)))
          .isEqualTo(TrainerDirectoryReader.tensors(newest(expected).resolve(file)));
    }
    assertThat(newest(actual).resolve("optimiser.bin"))
        .hasSameBinaryContentAs(newest(expected).resolve("optimiser.bin"));
    assertThat(TrainerDirectoryReader.buffer(newest(actual)))
        .isEqualTo(TrainerDirectoryReader.buffer(newest(expected)));
    JsonNode state = TrainerDirectoryReader.state(newest(actual));
    for (String field : List.of("steps", "viewsSeen", "offsets", "labels", "window")) {
      assertThat(state.get(field))
          .as(field)
          .isEqualTo(TrainerDirectoryReader.state(newest(expected)).get(field));
    }
  }

  private String settings(Path trainer, String more) {
    return SETTINGS + more + "directory: " + trainer + "\n";
  }

  /** Trains, and stops whenever so many views are trained. */
  private Path train(String name, String more, int... stops) {
    Path trainer = directory.resolve(name);
    for (int enough : stops) {
      TrainerService service = start(settings(trainer, more));
      await().atMost(PATIENCE).until(() -> service.viewsSeen() >= enough);
      service.close();
    }
    return trainer;
  }

  /** Of the released student, on views that it has not seen. */
  private double accuracy(Path trainer) {
    TrainerConfig config =
        YamlSettings.parse(
            CLUSTER.yaml(suffix)
                + "student: src/test/resources/students/cnn\nbatch: {size: 16}\n"
                + settings(trainer, ""),
            TrainerConfig.class,
            Map.of());
    try (OfflineTrainer offline = OfflineTrainer.open(config, new SimpleMeterRegistry())) {
      List<LabeledView> unseen =
          LongStream.range(1_000_000, 1_000_500).mapToObj(i -> view(2 * i)).toList();
      float[] logits = offline.predict(unseen);
      int right = 0;
      for (int i = 0; i < unseen.size(); i++) {
        right += top(logits, i) == classOf(1_000_000 + i) ? 1 : 0;
      }
      return right / 500.0;
    }
  }

  private static int top(float[] logits, int row) {
    int top = 0;
    for (int k = 1; k < CLASSES; k++) {
      top = logits[row * CLASSES + k] > logits[row * CLASSES + top] ? k : top;
    }
    return top;
  }

  private static int classOf(long image) {
    return (int) (image % CLASSES);
  }

  private static long number(long image) {
    return ImageIdHash.of("image-" + image).number();
  }

  /** Two views of each image, whose class says which row is bright; none has a label. */
  private static LabeledView view(long number) {
    LabeledView view = LabeledViewFixtures.view(number);
    Random random = new Random(number);
    int label = classOf(number / 2);
    byte[] pixels = new byte[SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (random.nextInt(100) + (i / SIDE == label ? 150 : 0));
    }
    float[] logits = new float[CLASSES];
    // Of the unsure class: seven tenths for another one.
    logits[label == UNSURE ? UNSURE - 1 : label] = 6;
    logits[UNSURE] += label == UNSURE ? 5.15f : 0;
    view.getView().setLabel(null);
    view.getView().setPixels(ByteBuffer.wrap(pixels));
    view.setLogits(FloatArrays.of(logits));
    return view;
  }

  /** Each some time after its image, in no order; a third of them first said something else. */
  private List<Sent> labels() {
    Random random = new Random(11);
    List<Sent> labels = new ArrayList<>();
    for (long image = UNSURE; image < VIEWS / 2; image += 2 * CLASSES) {
      long from = begin + 2 * image * STEP_MILLIS;
      long last = begin + (VIEWS - 2) * STEP_MILLIS;
      long time = Math.min(last, from + random.nextInt(150) * STEP_MILLIS + random.nextInt(10));
      if (random.nextInt(3) == 0) {
        labels.add(new Sent(image, random.nextInt(CLASSES), Math.min(time, from + 15)));
      }
      labels.add(new Sent(image, UNSURE, time));
    }
    return labels;
  }

  private void sendViews(long from, long to, int partitions) {
    String topic = "labeled-" + suffix;
    for (long number = from; number < to; number++) {
      Future<?> unused =
          producer.send(
              new ProducerRecord<>(
                  topic,
                  (int) (number / 2 % partitions),
                  begin + number * STEP_MILLIS,
                  null,
                  writer.serialize(topic, view(number))));
    }
    producer.flush();
  }

  /** In the order in which they were given: times of a partition are out of order. */
  private void sendLabels(List<Sent> labels, int partitions) {
    String topic = "labels-" + suffix;
    try (RecordValueSerializer<ImageLabel> labelWriter =
        new RecordValueSerializer<>(CLUSTER.kafka(), meters)) {
      for (Sent sent : labels) {
        String imageId = "image-" + sent.image();
        ImageLabel label =
            ImageLabel.newBuilder()
                .setImageId(imageId)
                .setLabel(sent.label())
                .setSource("test")
                .setLabeledAt(Instant.ofEpochMilli(sent.time()))
                .build();
        Future<?> unused =
            producer.send(
                new ProducerRecord<>(
                    topic,
                    (int) (sent.image() / 2 % partitions),
                    sent.time(),
                    imageId.getBytes(UTF_8),
                    labelWriter.serialize(topic, label)));
      }
      producer.flush();
    }
  }
}
