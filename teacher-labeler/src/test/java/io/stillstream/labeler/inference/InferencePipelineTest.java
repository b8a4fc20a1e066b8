package io.stillstream.labeler.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.stillstream.labeler.input.ConsumedRecord;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InferencePipelineTest {
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final Set<Long> exclusive = ConcurrentHashMap.newKeySet();

  /** By the step and the offset at which they hold work up. */
  private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();

  private final Map<String, RuntimeException> failures = new ConcurrentHashMap<>();
  private final Scripted labeler = new Scripted();
  private InferencePipeline pipeline = new InferencePipeline(labeler, 1, 1);

  @AfterEach
  void close() {
    gates.values().forEach(CountDownLatch::countDown);
    pipeline.close();
  }

  @Test
  void shouldPreprocessTheNextAndEncodeTheLastWhileOneIsInferred() {
    // given
    gate("encode", 0);
    gate("infer", 1);

    // when
    submit(0, 1, 2);

    // then
    await().untilAsserted(() -> assertThat(events).contains("encode 0", "infer 1", "preprocess 2"));
    assertThat(events).doesNotContain("infer 2");
    assertThat(pipeline.isOldestDone()).isFalse();
    assertThat(pipeline.hasRoom()).isFalse();
  }

  @Test
  void shouldKeepTheOrderOfBatchesThoughALaterOneIsDoneBefore() {
    // given
    pipeline.close();
    pipeline = new InferencePipeline(labeler, 2, 2);
    gate("infer", 0);

    // when
    submit(0, 1);
    await().untilAsserted(() -> assertThat(events).contains("closed 1"));
    submit(2);
    await().untilAsserted(() -> assertThat(events).contains("closed 2"));
    submit(3);

    // then
    await().untilAsserted(() -> assertThat(events).contains("closed 3"));
    assertThat(pipeline.isOldestDone()).isFalse();

    // when
    open("infer", 0);

    // then
    assertThat(taken(4)).containsExactly("views-0@0", "views-0@1", "views-0@2", "views-0@3");
    assertThat(pipeline.isEmpty()).isTrue();
  }

  @Test
  void shouldUseEveryLane() {
    // given
    pipeline.close();
    pipeline = new InferencePipeline(labeler, 1, 3);
    gate("infer", 0);
    gate("infer", 1);
    gate("infer", 2);

    // when
    submit(0, 1, 2);

    // then
    await().untilAsserted(() -> assertThat(events).contains("infer 0", "infer 1", "infer 2"));
    assertThat(pipeline.capacity()).isEqualTo(5);
  }

  @Test
  void shouldHaveRoomForAnotherWhenOneIsTaken() {
    // given
    submit(0, 1, 2);
    assertThat(pipeline.hasRoom()).isFalse();
    assertThat(pipeline.views()).isEqualTo(3);

    // when
    assertThat(taken(1)).containsExactly("views-0@0");

    // then
    assertThat(pipeline.hasRoom()).isTrue();
    assertThat(pipeline.views()).isEqualTo(2);
  }

  @Test
  void shouldFailWithTheCauseAndCloseTheTasks() {
    // given
    failures.put("infer 0", new InferenceException("broken"));

    // when
    submit(0, 1);

    // then
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> pipeline.oldest().join())
        .withCauseInstanceOf(InferenceException.class);
    assertThat(events).doesNotContain("encode 0");
    await().until(() -> labeler.closed.get() == 2);
  }

  @Test
  void shouldLaunchAgainEveryBatchThatFailedOnTheRegistry() {
    // given
    failures.put("preprocess 0", new RegistryUnavailableException("away"));
    failures.put("preprocess 1", new RegistryUnavailableException("away"));
    submit(0, 1, 2);
    await().until(() -> labeler.closed.get() == 3);

    // when
    failures.clear();

    // then
    assertThat(taken(3)).containsExactly("views-0@0", "views-0@1", "views-0@2");
    assertThat(labeler.begun).hasValue(5);
    assertThat(labeler.closed).hasValue(5);
  }

  @Test
  void shouldLaunchAgainABatchWhoseTeacherWasAway() {
    // given
    failures.put("infer 1", new TeacherUnavailableException("away"));
    submit(0, 1);
    await().until(() -> labeler.closed.get() == 2);
    assertThat(taken(1)).containsExactly("views-0@0");

    // when
    failures.clear();

    // then
    assertThat(taken(1)).containsExactly("views-0@1");
    assertThat(labeler.begun).hasValue(3);
    assertThat(labeler.closed).hasValue(3);
  }

  @Test
  void shouldSkipTheStepsOfCancelledBatchesButCountThemWhileTheyHoldALane() {
    // given
    gate("infer", 0);
    submit(0, 1, 2);
    await().untilAsserted(() -> assertThat(events).contains("infer 0", "preprocess 2"));

    // when
    pipeline.cancelAll();

    // then
    assertThat(pipeline.isEmpty()).isTrue();
    assertThat(pipeline.hasRoom()).isFalse();

    // when
    open("infer", 0);

    // then
    await().until(() -> pipeline.hasRoom() && labeler.closed.get() == 3);
    assertThat(events).doesNotContain("encode 0", "infer 1", "infer 2");

    // when
    submit(7);

    // then
    assertThat(taken(1)).containsExactly("views-0@7");
  }

  @Test
  void shouldRunAnExclusiveBatchAlone() {
    // given
    exclusive.add(1L);

    // when
    submit(0, 1, 2);

    // then
    assertThat(taken(3)).containsExactly("views-0@0", "views-0@1", "views-0@2");
    assertThat(events.indexOf("preprocess 1")).isGreaterThan(events.indexOf("encode 0"));
    assertThat(events.indexOf("preprocess 2")).isGreaterThan(events.indexOf("encode 1"));
  }

  @Test
  void shouldWaitForTheOldestNoLongerThanIsAsked() {
    // given
    gate("preprocess", 0);
    submit(0);

    // when
    pipeline.awaitOldest(Duration.ofMillis(5));

    // then
    assertThat(pipeline.isOldestDone()).isFalse();

    // when
    open("preprocess", 0);
    pipeline.awaitOldest(Duration.ofSeconds(20));

    // then
    assertThat(pipeline.isOldestDone()).isTrue();
  }

  @Test
  void shouldEndItsThreads() {
    // given
    submit(0, 1);

    // when
    pipeline.close();

    // then
    // A thread lives on for a moment after its pool has terminated.
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .doesNotContain("labeler-decode", "labeler-infer-0", "labeler-encode"));
  }

  private void submit(long... offsets) {
    for (long offset : offsets) {
      ConsumerRecord<byte[], byte[]> record =
          new ConsumerRecord<>("views", 0, offset, null, new byte[0]);
      pipeline.submit(List.of(new ConsumedRecord(record, 0, 0)));
    }
  }

  private List<String> taken(int count) {
    List<String> values = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      pipeline
          .oldest()
          .join()
          .forEach(result -> values.add(new String(result.output().value(), UTF_8)));
      assertThat(pipeline.take()).hasSize(1);
    }
    return values;
  }

  private void gate(String step, long offset) {
    gates.put(step + " " + offset, new CountDownLatch(1));
  }

  private void open(String step, long offset) {
    gates.get(step + " " + offset).countDown();
  }

  /** Steps that say what they do, and wait or fail where a test wants them to. */
  private final class Scripted extends FakeBatchTaskFactory {
    @Override
    boolean isExclusive(List<ConsumerRecord<byte[], byte[]>> records) {
      return exclusive.contains(records.get(0).offset());
    }

    @Override
    public void preprocess(List<ConsumerRecord<byte[], byte[]>> records) {
      step("preprocess", records);
    }

    @Override
    public void infer(List<ConsumerRecord<byte[], byte[]>> records) {
      step("infer", records);
    }

    @Override
    void encode(List<ConsumerRecord<byte[], byte[]>> records) {
      step("encode", records);
    }

    @Override
    void close(List<ConsumerRecord<byte[], byte[]>> records) {
      events.add("closed " + records.get(0).offset());
    }

    private void step(String name, List<ConsumerRecord<byte[], byte[]>> records) {
      String step = name + " " + records.get(0).offset();
      events.add(step);
      CountDownLatch gate = gates.get(step);
      try {
        assertThat(gate == null || gate.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      RuntimeException failure = failures.get(step);
      if (failure != null) {
        throw failure;
      }
    }
  }
}
