package io.stillstream.trainer.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Embedding;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.trainer.ledger.LedgerSearch.RecordOffset;
import io.stillstream.trainer.trace.TrainingHistory.TrainingOutcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingHistoryTest {
  @TempDir Path directory;
  private boolean labeledBefore;

  @Test
  void shouldTellTheSteps() throws IOException {
    // given
    ledger(
        """
        {"epoch":3,"first_step":5,"last_step":8,"offsets":{"0":[10,19]},"views":10,"teachers":[],"rate":0.004,"loss":[2.5,2,1,1]}
        """);
    FoundView view = view("labeled-views", 12, true, false);

    // when
    TrainingHistory past = past(true, view);
    TrainingOutcome chapter = past.find(view);

    // then
    assertThat(chapter.step())
        .isEqualTo(new ImageTrace.TrainedBatch(5, 8, 3, 0.004, List.of(2.5, 2.0, 1.0, 1.0), 10));
    assertThat(chapter.why()).isNull();
    assertThat(past.trained()).containsExactly(new RecordOffset(0, 12));
    assertThat(past.notes()).isEmpty();
  }

  @Test
  void shouldSayWhyThereAreNone() throws IOException {
    // given
    ledger(
        """
        {"epoch":1,"first_step":1,"last_step":1,"offsets":{"0":[10,19]},"views":10,"teachers":[],"rate":0.004,"loss":[1]}
        {"epoch":1,"first_step":2,"last_step":2,"offsets":{"0":[25,29]},"views":5,"teachers":[],"rate":0.004,"loss":[1]}
        """);

    // then
    assertThat(why(true, view("labeled-views", 30, true, false)))
        .startsWith("not trained yet, or since the last checkpoint");
    assertThat(why(true, view("labeled-views", 9, true, false))).isEqualTo("before the ledger");
    assertThat(why(true, view("labeled-views", 22, true, false)))
        .isEqualTo("dealt with and not trained on, by the ledger");
    assertThat(why(true, view("labeled-views", 12, false, false)))
        .isEqualTo("passed over: neither logits nor a label");
    assertThat(why(false, view("labeled-views", 12, true, false)))
        .isEqualTo("passed over: no label, and the loss knows no teacher");
    assertThat(why(true, view("labeled-views", 12, false, true))).isNull();
    assertThat(why(true, view("views", 12, false, true))).isEqualTo("not labelled yet");
    assertThat(why(true, view("labeled-views", 13, true, false)))
        .isEqualTo("put aside by student-trainer");
  }

  @Test
  void shouldFollowTheLedgerWhereALabelCameBeforeTheView() throws IOException {
    // given
    ledger(
        """
        {"epoch":1,"first_step":1,"last_step":1,"offsets":{"0":[10,19]},"views":10,"teachers":[],"rate":0.004,"loss":[1]}
        """);
    labeledBefore = true;

    // then
    assertThat(why(true, view("labeled-views", 12, false, false))).isNull();
    assertThat(why(true, view("labeled-views", 9, false, false))).isEqualTo("before the ledger");
  }

  @Test
  void shouldNotCallTrainedWhatIsNotInTheWeights() throws IOException {
    // given
    ledger(
        """
        {"epoch":1,"first_step":1,"last_step":2,"offsets":{"0":[0,9]},"views":10,"teachers":[],"rate":0.004,"loss":["NaN",1],"skipped":[1]}
        {"epoch":1,"first_step":3,"last_step":4,"offsets":{"0":[10,19]},"views":10,"teachers":[],"rate":0.004,"loss":[9,9]}
        {"epoch":1,"event":"rollback","step":4,"details":{"reason":"loss_spike","to_step":"2"}}
        """);
    FoundView skipped = view("labeled-views", 0, true, false);
    FoundView undone = view("labeled-views", 10, true, false);

    // when
    TrainingHistory past = past(true, skipped, undone);

    // then
    assertThat(past.find(skipped).why())
        .isEqualTo("skipped: loss or gradient of step 1 were not finite");
    assertThat(past.find(undone).why())
        .startsWith("undone: training was rolled back after step 4 to one before it");
    assertThat(past.find(undone).step().first()).isEqualTo(3);
    assertThat(past.trained()).isEmpty();
  }

  @Test
  void shouldSayBetweenWhichStepsWhatRetentionHasRemovedWasTrained() throws IOException {
    // given
    ledger(
        """
        {"removed":{"from":0,"to":99,"first_step":1,"last_step":400,"offsets":{"0":[0,9]},"batches":100}}
        {"removed":{"from":99,"to":199,"first_step":401,"last_step":800,"offsets":{"0":[10,19]},"batches":100}}
        {"epoch":1,"event":"rollback","step":900,"details":{"reason":"loss_spike","to_step":"700"}}
        {"epoch":1,"first_step":901,"last_step":902,"offsets":{"0":[20,29]},"views":10,"teachers":[],"rate":0.004,"loss":[1,1]}
        """);
    FoundView old = view("labeled-views", 5, true, false);
    FoundView undone = view("labeled-views", 14, true, false);

    // when
    TrainingHistory past = past(true, old, undone);

    // then
    assertThat(past.find(old))
        .isEqualTo(
            new TrainingOutcome(
                null, "trained before the ledger's retention, between steps 1 and 400"));
    assertThat(past.find(undone).why())
        .isEqualTo(
            "trained before the ledger's retention, between steps 401 and 800; a rollback after step 900 may have undone it");
    assertThat(past.trained()).containsExactly(new RecordOffset(0, 5));
  }

  @Test
  void shouldSayWhatDoesNotTeachAnotherTask() throws IOException {
    // given
    ledger(
        """
        {"epoch":1,"first_step":1,"last_step":1,"offsets":{"0":[10,19]},"views":10,"teachers":[],"rate":0.004,"loss":[1]}
        """);
    FoundView labelled = view("labeled-views", 12, false, true);
    FoundView masked = view("labeled-views", 12, false, false);
    masked.view().setMask(ByteBuffer.allocate(1));
    FoundView answered = view("labeled-views", 12, false, false);
    answered.labels().setEmbedding(new Embedding(1, ByteBuffer.allocate(2)));

    // then
    assertThat(why(ModelTask.SEGMENTATION, true, labelled))
        .isEqualTo("passed over: neither logits nor a mask");
    assertThat(why(ModelTask.SEGMENTATION, false, labelled))
        .isEqualTo("passed over: no mask, and the loss knows no teacher");
    assertThat(why(ModelTask.SEGMENTATION, false, masked)).isNull();
    assertThat(why(ModelTask.EMBEDDING, true, labelled)).isEqualTo("passed over: no embedding");
    assertThat(why(ModelTask.EMBEDDING, true, answered)).isNull();
  }

  private String why(ModelTask task, boolean usesTeacher, FoundView view) {
    return past(task, usesTeacher, view).find(view).why();
  }

  private String why(boolean usesTeacher, FoundView view) {
    return past(usesTeacher, view).find(view).why();
  }

  private TrainingHistory past(boolean usesTeacher, FoundView... views) {
    return past(ModelTask.CLASSIFICATION, usesTeacher, views);
  }

  private TrainingHistory past(ModelTask task, boolean usesTeacher, FoundView... views) {
    return new TrainingHistory(
        new ImageTraceSettings(
            Map.of(),
            new ImageTraceSettings.TopicNames(
                "images", "views", "labeled-views", Optional.of("labels"), "dead-letters"),
            directory,
            List.of(),
            task,
            usesTeacher,
            new ImageTraceSettings.Search(1, Duration.ofSeconds(1))),
        List.of(views),
        at -> at.offset() == 13 ? Optional.of("put aside by student-trainer") : Optional.empty(),
        view -> labeledBefore);
  }

  private void ledger(String lines) throws IOException {
    Files.writeString(directory.resolve("ledger.jsonl"), lines);
  }

  private static FoundView view(String topic, long offset, boolean logits, boolean label) {
    AugmentedView view =
        AugmentedView.newBuilder()
            .setLineage(new Lineage("images", 0, offset, "cat", 1, 4, 7L, "policy", null, null))
            .setRecipe(new Recipe(1, List.of(), null))
            .setEncoding(PixelEncoding.RAW)
            .setHeight(1)
            .setWidth(1)
            .setChannels(1)
            .setPixels(ByteBuffer.allocate(1))
            .setLabel(label ? new Label(1, null, 1.0) : null)
            .setCapturedAt(Instant.EPOCH)
            .setAugmentedAt(Instant.EPOCH)
            .build();
    LabeledView labels =
        LabeledView.newBuilder()
            .setView(view)
            .setTeachers(List.of())
            .setLogits(logits ? FloatArrays.of(1, 2) : null)
            .setLabeledAt(Instant.EPOCH)
            .build();
    return new FoundView(
        new RecordCoordinates(topic, 0, offset), 0, view, topic.equals("views") ? null : labels);
  }
}
