package io.stillstream.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PixelNormalizerTest {
  @TempDir private Path directory;

  @Test
  void shouldScaleAsPyTorchDoes() throws Exception {
    // given
    PixelNormalizer scaler =
        new PixelNormalizer(
            model("height: 16, width: 16, channels: 1, mean: [0.2860], std: [0.3530]"));
    byte[] pixels = new byte[256];
    for (int x = 0; x < 256; x++) {
      pixels[x] = (byte) x;
    }
    FloatBuffer out = FloatBuffer.allocate(256);

    // when
    scaler.fill(pixels, out, 0);

    // then
    for (int x = 0; x < 256; x++) {
      // float32 at every step, as (x.float() / 255 - 0.2860) / 0.3530 is computed there
      float pyTorch = (x / 255f - 0.2860f) / 0.3530f;
      assertThat(out.get(x)).isCloseTo(pyTorch, within(1e-6f));
    }
  }

  @Test
  void shouldTurnChannelsLastIntoChannelsFirst() throws Exception {
    // given
    PixelNormalizer scaler =
        new PixelNormalizer(
            model("height: 2, width: 1, channels: 3, mean: [0, 1, 0], std: [1, 1, 0.5]"));
    FloatBuffer out = ByteBuffer.allocateDirect(12 * 4).asFloatBuffer();

    // when
    scaler.fill(new byte[] {0, (byte) 255, 51, (byte) 255, 0, 102}, out, 1);

    // then
    float[] all = new float[12];
    out.get(all);
    assertThat(all).containsExactly(0, 0, 0, 0, 0, 0, 0f, 1f, 0f, -1f, 0.4f, 0.8f);
  }

  @Test
  void shouldLeaveChannelsLastWhereTheModelWantsThemSo() throws Exception {
    // given
    PixelNormalizer scaler =
        new PixelNormalizer(
            model(
                "teacher.yaml",
                "teacher",
                "height: 2, width: 1, channels: 3, layout: nhwc, mean: [0, 1, 0], std: [1, 1, 0.5]"));
    FloatBuffer out = FloatBuffer.allocate(12);

    // when
    scaler.fill(new byte[] {0, (byte) 255, 51, (byte) 255, 0, 102}, out, 1);

    // then
    assertThat(out.array()).containsExactly(0, 0, 0, 0, 0, 0, 0f, 0f, 0.4f, 1f, -1f, 0.8f);
  }

  @Test
  void shouldStayWithinBounds() throws Exception {
    // given
    PixelNormalizer scaler = new PixelNormalizer(model("height: 2, width: 2, channels: 1"));
    FloatBuffer two = FloatBuffer.allocate(9);

    // then
    assertThatThrownBy(() -> scaler.fill(new byte[4], two, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> scaler.fill(new byte[4], two, -1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> scaler.fill(new byte[4], two, Integer.MAX_VALUE))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> scaler.fill(new byte[3], two, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected 4 bytes, was 3");
  }

  @Test
  void shouldRefuseAModelThatScalesByItself() throws Exception {
    // given
    ModelSpec bytes = model("height: 2, width: 2, channels: 1, type: uint8");

    // then
    assertThatThrownBy(() -> new PixelNormalizer(bytes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private ModelSpec model(String input) throws Exception {
    return model("student.yaml", "student", input);
  }

  private ModelSpec model(String yaml, String kind, String input) throws Exception {
    Files.writeString(directory.resolve("model.pt"), "");
    Files.writeString(
        directory.resolve(yaml), "{name: n, version: v, input: {" + input + "}, classes: [a]}");
    return ModelSpec.load(directory, kind);
  }
}
