package io.stillstream.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.TrainerDirectoryReader;
import io.stillstream.trainer.TrainerService;
import io.stillstream.trainer.TrainerTestBase;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The topic is deleted and made anew under the same name. */
@Tag("test-environment")
class TopicChangeIT extends TrainerTestBase {
  private static final ObjectMapper JSON = new ObjectMapper();
  private Admin admin;

  @BeforeEach
  void connect() {
    admin = Admin.create(Map.of("bootstrap.servers", CLUSTER.servers()));
  }

  @AfterEach
  void disconnect() {
    admin.close();
  }

  @Test
  void shouldNotTakeANewTopicForTheFormerOne() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    send(0, 2);
    TrainerService first = start("");
    await().atMost(PATIENCE).until(() -> first.viewsSeen() == 2 * BATCH);
    first.close();
    String former = id();
    assertThat(savedId()).isEqualTo(former);

    // when: longer than the one before, so each offset exists
    recreate();
    send(2, 7);
    assertThatThrownBy(() -> start("on-offset-gap: skip"))
        // then
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("on-topic-change: labeled-" + suffix + " is another topic")
        .hasMessageContaining("it has id " + id())
        .hasMessageContaining("and had id " + former)
        .hasMessageContaining("set on-topic-change to earliest, latest or keep");

    // when
    TrainerService second = start("on-topic-change: earliest");
    await().atMost(PATIENCE).until(() -> second.viewsSeen() == 7 * BATCH);
    second.close();

    // then
    assertThat(savedId()).isEqualTo(id());
    assertThat(newest(directory).resolve("state.json"))
        .content()
        .contains("\"offsets\":{\"0\":" + 5 * BATCH + "}");
    List<JsonNode> lines = ledger();
    assertThat(lines).hasSize(8);
    assertThat(lines.get(2).path("event").asText()).isEqualTo("topic_changed");
    assertThat(lines.get(2).path("details").path("offsets").asText()).isEqualTo("0@0");
    assertThat(lines.get(3).path("offsets").path("0").path(0).asLong()).isZero();
    assertThat(read("events-" + suffix, StudentEvent.class))
        .extracting(StudentEvent::getKind)
        .contains(StudentEventKind.TOPIC_CHANGED);

    // when: it is known now, whatever the setting
    TrainerService third = start("");
    send(7, 8);
    await().atMost(PATIENCE).until(() -> third.viewsSeen() == 8 * BATCH);
    third.close();
    assertThat(ledger()).hasSize(9);
  }

  @Test
  void shouldEndWhenItHappensWhileItRunsAndSaveNothingOfTheOther() throws Exception {
    // given
    suffix = CLUSTER.topics(1);
    send(0, 2);
    TrainerService first = start("checkpoint: {every: 100ms}");
    await().atMost(PATIENCE).until(() -> first.viewsSeen() == 2 * BATCH);
    await().atMost(PATIENCE).until(() -> TrainerDirectoryReader.views(directory) == 2 * BATCH);

    // when
    recreate();
    send(2, 7);

    // then
    assertThatThrownBy(first::awaitStop)
        .hasMessageContaining("labeled-" + suffix + " is another topic than the offsets are of")
        .hasMessageContaining("as on-topic-change says: stop");
    assertThat(first.health().live()).isFalse();
    first.close();
    assertThat(TrainerDirectoryReader.views(directory)).isEqualTo(2 * BATCH);
    TrainerService second = start("on-topic-change: earliest");
    await().atMost(PATIENCE).until(() -> second.viewsSeen() == 7 * BATCH);
    second.close();
    assertThat(ledger()).hasSize(8);
  }

  /** Batches number {@code from} to {@code to − 1}. */
  private void send(int from, int to) {
    for (int i = from * BATCH; i < to * BATCH; i++) {
      sendView(LabeledViewFixtures.view(i));
    }
    producer.flush();
  }

  private void recreate() throws Exception {
    String before = id();
    String topic = "labeled-" + suffix;
    admin.deleteTopics(List.of(topic)).all().get();
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () -> {
              admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
              return true;
            });
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(() -> !id().equals(before));
    // One that knew the former topic would go on with its sequence numbers.
    producer.close();
    open();
  }

  private String id() throws Exception {
    String topic = "labeled-" + suffix;
    return admin
        .describeTopics(List.of(topic))
        .topicNameValues()
        .get(topic)
        .get()
        .topicId()
        .toString();
  }

  private String savedId() throws IOException {
    return TrainerDirectoryReader.state(newest(directory)).path("source").path("topicId").asText();
  }

  private List<JsonNode> ledger() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("ledger.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }
}
