package io.stillstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A segmentation that learns from the masks of views alone, as a teacher is trained. */
@Tag("test-environment")
class MaskTrainingIT extends TrainerTestBase {
  private static final int VIEWS = 20 * 16;

  @Test
  void shouldTrainOnMasksWithoutATeacher() throws Exception {
    // given: one view in four has no mask, and one has a mask that is none
    suffix = CLUSTER.topics(1);
    try (RecordValueSerializer<AugmentedView> writer =
        new RecordValueSerializer<>(CLUSTER.kafka(), meters)) {
      for (int i = 0; i < VIEWS; i++) {
        send(writer, LabeledViewFixtures.masked(i).getView());
      }
      AugmentedView broken = LabeledViewFixtures.masked(0).getView();
      broken.setMask(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      send(writer, broken);
    }
    producer.flush();

    // when
    TrainerService trainer =
        start(
            """
            student: src/test/resources/students/fcn
            input: views
            loss: {kind: cross-entropy}
            """);
    await().atMost(PATIENCE).until(() -> trainer.viewsSeen() == VIEWS * 3 / 4);
    await()
        .atMost(PATIENCE)
        .until(() -> meters.get("student.rejected").tag("reason", "mask").counter().count() == 1);
    trainer.close();

    // then
    assertThat(meters.get("student.views").tag("origin", "skipped").counter().count())
        .isEqualTo(VIEWS / 4);
    assertThat(trainer.steps()).isEqualTo(60);
    assertThat(trainer.currentRelease().resolve("student.yaml"))
        .content()
        .contains("task: segmentation")
        .contains("stride: 2");
    List<ConsumerRecord<byte[], byte[]>> letters = records("letters-" + suffix);
    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).headers().lastHeader("stillstream.reason").value())
        .isEqualTo("mask".getBytes(UTF_8));
  }

  private void send(RecordValueSerializer<AugmentedView> writer, AugmentedView view) {
    String topic = "views-" + suffix;
    Future<?> unused = producer.send(new ProducerRecord<>(topic, writer.serialize(topic, view)));
  }
}
