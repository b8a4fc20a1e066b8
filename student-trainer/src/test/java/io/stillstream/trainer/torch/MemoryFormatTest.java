package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MemoryFormatTest {
  private final BatchBuilder batches = new BatchBuilder(ModelFixtures.spec("cnn"), 0.9);

  @ParameterizedTest
  @EnumSource
  void shouldArrangeChannelsBeforeRowsAndColumns(MemoryFormat format) {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      // given: two pictures of 2 x 2 pixels and three channels; the tens say which channel
      NDArray pixels =
          manager.create(
              new float[] {
                10, 20, 30, 11, 21, 31, 12, 22, 32, 13, 23, 33, //
                14, 24, 34, 15, 25, 35, 16, 26, 36, 17, 27, 37
              },
              new Shape(2, 2, 2, 3));

      // when
      NDArray arranged = format.arrange(pixels);

      // then
      assertThat(arranged.getShape()).isEqualTo(new Shape(2, 3, 2, 2));
      assertThat(arranged.toFloatArray())
          .containsExactly(
              10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33, //
              14, 15, 16, 17, 24, 25, 26, 27, 34, 35, 36, 37);
    }
  }

  @Test
  void shouldMakeNoDifferenceButForRounding() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        StudentModule module = StudentModule.load(manager, ModelFixtures.student("cnn"))) {
      // given
      TrainingBatch batch = batches.build(GoldenTrainingRun.views(1));

      // when
      float[] last =
          module.forward(MemoryFormat.CHANNELS_LAST.input(manager, batch)).toFloatArray();
      float[] contiguous =
          module.forward(MemoryFormat.CONTIGUOUS.input(manager, batch)).toFloatArray();

      // then
      assertThat(last).containsExactly(contiguous, within(1e-5f));
    }
  }

  @Test
  void shouldGiveContiguousPixelsToAModuleThatNeedsThem() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        StudentModule module = StudentModule.load(manager, ModelFixtures.bytes("viewing.pt"));
        TorchStudent student =
            TorchStudent.begin(ModelFixtures.bytes("viewing.pt"), GoldenFile.RECIPE, 1)) {
      // given: it cannot take the channels last
      assertThat(module.forward(manager, batches.grey(2)).getShape()).isEqualTo(new Shape(2, 5));
      assertThat(module.makeContiguous()).isFalse();
      assertThat(module.buffers().get("norm.num_batches_tracked").getLong()).isEqualTo(1);

      // when, then
      student.probe(batches.grey(2));
      assertThat(student.update(batches.build(GoldenTrainingRun.views(1)), 1).skipped()).isFalse();
    }
  }

  @Test
  void shouldChangeNothingByProbing() {
    try (TorchStudent probed =
            TorchStudent.begin(ModelFixtures.student("cnn"), GoldenFile.RECIPE, 1);
        TorchStudent plain =
            TorchStudent.begin(ModelFixtures.student("cnn"), GoldenFile.RECIPE, 1)) {
      // given
      int open = probed.openTensors();

      // when
      probed.probe(batches.grey(2));

      // then
      assertThat(probed.openTensors()).isEqualTo(open);
      assertThat(probed.update(batches.build(GoldenTrainingRun.views(1)), 1))
          .usingRecursiveComparison()
          .isEqualTo(plain.update(batches.build(GoldenTrainingRun.views(1)), 1));
      assertThat(probed.predict(batches.build(GoldenTrainingRun.views(2))))
          .isEqualTo(plain.predict(batches.build(GoldenTrainingRun.views(2))));
    }
  }
}
