package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StudentModuleTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "traced.pt | traced: torch.jit.trace bakes in",
        "frozen.pt | nothing to train: it has 0 parameters",
        "state.pt | a file of torch.save, without code",
        "mlp/student.yaml | not a TorchScript archive"
      })
  void shouldRefuseWhatCannotBeTrained(String file, String reason) {
    assertThatThrownBy(() -> TorchStudent.begin(ModelFixtures.bytes(file), GoldenFile.RECIPE, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "width.pt | its output for 2 views has shape (2, 7)",
        "nan.pt | its output for a grey view is not finite"
      })
  void shouldRefuseWrongAnswers(String file, String reason) {
    // given
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec("mlp"), 0.9);
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.bytes(file), GoldenFile.RECIPE, 1)) {
      // when
      assertThatThrownBy(() -> student.probe(batches.grey(2)))
          // then
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(reason);
    }
  }

  @Test
  void shouldTellWeightsFromBuffers() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        StudentModule module = StudentModule.load(manager, ModelFixtures.student("cnn"))) {
      assertThat(module.weights()).hasSize(8).doesNotContainKey("features.1.running_mean");
      assertThat(module.buffers())
          .containsOnlyKeys(
              "features.1.running_mean",
              "features.1.running_var",
              "features.1.num_batches_tracked",
              "features.5.running_mean",
              "features.5.running_var",
              "features.5.num_batches_tracked");
    }
  }

  @Test
  void shouldTrainStatisticsInTrainingModeOnly() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        StudentModule module = StudentModule.load(manager, ModelFixtures.student("cnn"))) {
      // given
      NDArray count = module.buffers().get("features.1.num_batches_tracked");
      NDArray input = manager.ones(new Shape(2, 1, 8, 8));

      // when
      module.train(false);
      module.forward(input);
      long after = count.getLong();
      module.train(true);
      module.forward(input);

      // then
      assertThat(after).isZero();
      assertThat(count.getLong()).isEqualTo(1);
    }
  }

  /** What it leaves in target/released is looked at with PyTorch by check_released.py. */
  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "dropout"})
  void shouldWriteAFileThatAnswersAsTheStudentDoes(String name) throws IOException {
    // given
    Path directory = Files.createDirectories(Path.of("target/released", name));
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec(name), 0.9);
    byte[] file;
    TrainingBatch batch;
    float[] logits;
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student(name), GoldenFile.RECIPE, 1)) {
      for (int step = 1; step <= 20; step++) {
        student.update(batches.build(GoldenTrainingRun.views(step)), step);
      }
      batch = batches.build(GoldenTrainingRun.views(21));
      logits = student.predict(batch);

      // when
      file = student.average();
    }

    // then: any reader of TorchScript gets the same, dropout off and statistics in place
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      PtSymbolBlock plain = Libtorch.load(manager, file);
      NDArray input = MemoryFormat.CHANNELS_LAST.input(manager, batch);
      assertThat(Libtorch.forward(plain, input, false).get(0).toFloatArray()).isEqualTo(logits);
      Files.write(directory.resolve("student.pt"), file);
      Files.write(
          directory.resolve("expected.json"),
          new ObjectMapper()
              .writeValueAsBytes(
                  Map.of(
                      "shape",
                      input.getShape().getShape(),
                      "input",
                      input.toFloatArray(),
                      "logits",
                      logits)));
      plain.close();
    }
  }

  @Test
  void shouldWriteBuffersAsBuffersInInferenceMode() {
    // given
    byte[] written;
    Map<String, byte[]> original;
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        StudentModule module = StudentModule.load(manager, ModelFixtures.student("cnn"))) {
      // when
      written = module.toBytes();
      original = ArchiveEntries.code(ModelFixtures.student("cnn"));
    }

    // then
    Map<String, byte[]> code = ArchiveEntries.code(written);
    assertThat(code.keySet()).isEqualTo(original.keySet());
    code.forEach(
        (name, bytes) ->
            assertThat(new String(bytes, StandardCharsets.UTF_8))
                .startsWith(
                    new String(original.get(name), StandardCharsets.UTF_8)
                        .lines()
                        .limit(3)
                        .reduce("", (a, b) -> a + b + "\n")));
  }
}
