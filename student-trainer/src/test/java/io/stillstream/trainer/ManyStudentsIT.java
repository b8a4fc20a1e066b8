package io.stillstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stillstream.runtime.config.StartupException;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Different students that learn from one topic, and two that share what they must not. */
class ManyStudentsIT extends TrainerTestBase {
  private static final int VIEWS = 4 * BATCH;

  @Test
  void shouldTrainTwoStudentsSideBySide() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    sendViews();

    // when
    TrainerService cnn = startStudent("cnn", "trainer-cnn-" + suffix);
    TrainerService mlp = startStudent("mlp", "trainer-mlp-" + suffix);
    await().atMost(PATIENCE).until(() -> cnn.viewsSeen() == VIEWS && mlp.viewsSeen() == VIEWS);
    cnn.close();
    mlp.close();

    // then
    assertThat(records("releases-" + suffix).stream().map(one -> new String(one.key(), UTF_8)))
        .containsOnly("cnn", "mlp");
    assertThat(records("letters-" + suffix)).isEmpty();
    for (String student : new String[] {"cnn", "mlp"}) {
      OffsetAndMetadata offset = committed("trainer-" + student + "-" + suffix);
      assertThat(offset.offset()).isEqualTo(VIEWS);
      assertThat(offset.metadata()).isEqualTo("student=" + student);
      assertThat(TrainerDirectoryReader.newest(directory.resolve(student))).isPresent();
    }
  }

  @Test
  void shouldRefuseAStudentInTheGroupOfAnother() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    String group = "shared-" + suffix;
    sendViews();
    TrainerService cnn = startStudent("cnn", group);
    await().atMost(PATIENCE).until(() -> cnn.viewsSeen() == VIEWS);
    cnn.close();

    // when, then
    assertThatThrownBy(() -> startStudent("mlp", group))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith(
            "group-id: " + group + " has offsets of the student cnn, and this is mlp");
    assertThat(committed(group).metadata()).isEqualTo("student=cnn");

    // and: the same student goes on
    TrainerService again = startStudent("cnn", group);
    await().atMost(PATIENCE).until(() -> again.viewsSeen() == VIEWS);
  }

  private TrainerService startStudent(String student, String group) {
    return start(
        """
        student: src/test/resources/students/%1$s
        directory: %2$s
        group-id: %3$s
        """
            .formatted(student, directory.resolve(student), group));
  }

  private OffsetAndMetadata committed(String group) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", CLUSTER.servers()))) {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .get(new TopicPartition("labeled-" + suffix, 0));
    }
  }

  private void sendViews() {
    for (int i = 0; i < VIEWS; i++) {
      sendView(LabeledViewFixtures.view(i));
    }
    producer.flush();
  }
}
