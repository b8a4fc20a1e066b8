package io.stillstream.trainer.training.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BatchBuilderTest {
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/mlp"), "student");
  private static final int WIDTH = MODEL.width() * MODEL.channels();

  private final BatchBuilder batches = new BatchBuilder(MODEL, 0.9);

  @Test
  void shouldMirrorEachRowAndLeaveTheStoredPixels() {
    // given
    byte[] pixels = new byte[MODEL.height() * WIDTH];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 7);
    }
    byte[] before = pixels.clone();
    TrainingExample view =
        new TrainingExample(PixelEncoding.RAW, pixels, null, LabelTarget.of(0), false);

    // when
    float[] plain = floats(batches.build(List.of(view)));
    float[] mirrored = floats(batches.build(List.of(view.mirror())));
    float[] twice = floats(batches.build(List.of(view.mirror().mirror())));

    // then
    for (int i = 0; i < plain.length; i++) {
      int row = i / MODEL.width();
      int column = i % MODEL.width();
      assertThat(mirrored[i]).isEqualTo(plain[row * MODEL.width() + MODEL.width() - 1 - column]);
    }
    assertThat(twice).isEqualTo(plain);
    assertThat(pixels).isEqualTo(before);
  }

  private static float[] floats(TrainingBatch batch) {
    ByteBuffer input = batch.input().duplicate().order(batch.input().order());
    float[] values = new float[input.capacity() / Float.BYTES];
    input.asFloatBuffer().get(values);
    return values;
  }
}
