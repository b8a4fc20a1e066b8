package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InferenceStudentTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "dropout"})
  void shouldAnswerAsTheAverageDid(String name) {
    // given
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec(name), 0.9);
    try (TorchStudent student =
            TorchStudent.begin(ModelFixtures.student(name), GoldenFile.RECIPE, 1);
        InferenceStudent frozen = InferenceStudent.load(student.average(), 1)) {
      float[] before = frozen.predict(batches.grey(3));
      assertThat(before).isEqualTo(student.predict(batches.grey(3)));

      // when
      student.update(batches.grey(4), 1);

      // then
      assertThat(frozen.predict(batches.grey(3))).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn"})
  void shouldBeLoadedByDjlWithNothingOfThisProject(String name) throws Exception {
    // given
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec(name), 0.9);
    Path file = directory.resolve("student.pt");
    float[] expected;
    try (TorchStudent student =
        TorchStudent.begin(ModelFixtures.student(name), GoldenFile.RECIPE, 1)) {
      Files.write(file, student.average());
      expected = student.predict(batches.grey(2));
    }
    Criteria<NDList, NDList> criteria =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optModelPath(file)
            .optEngine("PyTorch")
            .optDevice(Device.cpu())
            .build();

    // when
    try (ZooModel<NDList, NDList> model = criteria.loadModel();
        Predictor<NDList, NDList> predictor = model.newPredictor();
        NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      TrainingBatch grey = batches.grey(2);
      float[] input = new float[grey.input().remaining() / Float.BYTES];
      grey.input().duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer().get(input);
      NDArray array = manager.create(input, new Shape(2, 1, 8, 8));

      // then
      assertThat(predictor.predict(new NDList(array)).singletonOrThrow().toFloatArray())
          .containsExactly(expected, within(1e-5f));
    }
  }

  @Test
  void shouldKeepNoTensorsOfAPrediction() {
    // given
    BatchBuilder batches = new BatchBuilder(ModelFixtures.spec("cnn"), 0.9);
    try (InferenceStudent frozen = InferenceStudent.load(ModelFixtures.student("cnn"), 1)) {
      frozen.predict(batches.grey(1));
      int open = frozen.openTensors();

      // when
      for (int i = 0; i < 100; i++) {
        frozen.predict(batches.grey(1));
      }

      // then
      assertThat(frozen.openTensors()).isEqualTo(open);
    }
  }

  @Tag("slow")
  @Test
  void shouldGiveBackItsMemoryWhenItIsClosed() throws IOException {
    // given
    byte[] file = Files.readAllBytes(Path.of("../deploy/models/cnn/model.pt"));
    load(file, 60);
    long before = residentBytes();

    // when
    int times = 300;
    load(file, times);

    // then: the weights of all of them would be twice as much
    assertThat(residentBytes() - before).isLessThan((long) file.length * times / 2);
  }

  private static void load(byte[] file, int times) {
    for (int i = 0; i < times; i++) {
      InferenceStudent frozen = InferenceStudent.load(file, 1);
      frozen.close();
      assertThat(frozen.openTensors()).isZero();
    }
  }

  /** After a collection, which gives the heap's garbage back to the system. */
  private static long residentBytes() throws IOException {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldRefuseWhatIsNoModel() {
    assertThatThrownBy(() -> InferenceStudent.load(new byte[] {1, 2, 3}, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
