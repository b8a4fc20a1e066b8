package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What this module relies on in DJL's internal interface. When a new release fails here, read what
 * has changed before changing the test.
 */
class LibtorchTest {
  @BeforeEach
  void prepare() {
    Engine.getEngine("PyTorch");
    Libtorch.prepareThread();
  }

  @Test
  void shouldBeTheReleaseThatThisWasTriedWith() {
    assertThat(Engine.getEngine("PyTorch").getVersion()).isEqualTo("2.7.1");
    assertThat(Engine.getDjlVersion()).isEqualTo("0.36.0");
  }

  @Test
  void shouldTakeOneStepOfAdam() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      // given
      NDArray weight = manager.create(new float[] {1, -2});
      NDArray mean = manager.create(new float[] {0.1f, 0});
      NDArray square = manager.create(new float[] {0.01f, 0});

      // when
      Libtorch.adam(
          weight,
          manager.create(new float[] {4, -6}),
          mean,
          square,
          0.01f,
          0.5f,
          0.9f,
          0.999f,
          1e-8f);

      // then
      assertThat(mean.toFloatArray()).containsExactly(new float[] {0.29f, -0.3f}, within(1e-6f));
      assertThat(square.toFloatArray())
          .containsExactly(new float[] {0.01399f, 0.009f}, within(1e-6f));
      assertThat(weight.toFloatArray())
          .containsExactly(
              new float[] {
                1 - 0.01f * 0.29f / (float) Math.sqrt(0.01399),
                -2 + 0.01f * 0.3f / (float) Math.sqrt(0.009)
              },
              within(1e-5f));
    }
  }

  @Test
  void shouldDeriveOnlyWhenAskedTo() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        StudentModule module = StudentModule.load(manager, ModelFixtures.student("mlp"))) {
      // given
      NDArray weight = module.weights().get("output.bias");
      NDArray input = manager.ones(new Shape(3, 1, 8, 8));
      assertThat(Libtorch.gradient(weight)).isNull();

      // when
      Libtorch.gradients(true);
      NDArray sum = module.forward(input).sum();
      Libtorch.backward(sum, manager.create(1f));
      Libtorch.gradients(false);

      // then
      try (NDArray gradient = Libtorch.gradient(weight)) {
        assertThat(gradient.toFloatArray()).containsOnly(3);
        Libtorch.zeroGradient(weight);
        assertThat(gradient.toFloatArray()).containsOnly(0);
      }
      assertThat(Libtorch.isTrained(module.forward(input))).isFalse();
    }
  }

  @Test
  void shouldHandOutParametersAndNoBuffers() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      // when
      PtSymbolBlock plain = Libtorch.load(manager, ModelFixtures.student("cnn"));

      // then: if this grows to 14, TorchScriptArchive is not needed any more
      assertThat(Libtorch.parameters(plain, manager)).hasSize(8);
      plain.close();
    }
  }

  @Test
  void shouldRepeatWhatIsRandomFromASeed() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch");
        StudentModule module = StudentModule.load(manager, ModelFixtures.student("dropout"))) {
      // given
      NDArray input = manager.randomNormal(new Shape(8, 1, 8, 8));

      // when
      Libtorch.seed(5);
      float[] first = module.forward(input).toFloatArray();
      float[] second = module.forward(input).toFloatArray();
      Libtorch.seed(5);
      float[] again = module.forward(input).toFloatArray();

      // then
      assertThat(again).isEqualTo(first).isNotEqualTo(second);
    }
  }
}
