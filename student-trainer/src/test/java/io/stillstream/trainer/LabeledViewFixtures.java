package io.stillstream.trainer;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** Labelled views of 8 x 8 pixels: the class says which row is bright. Two views per image. */
public final class LabeledViewFixtures {
  private static final int SIDE = 8;
  private static final int CLASSES = 5;

  private LabeledViewFixtures() {}

  /** The view of a number: always the same. */
  public static LabeledView view(long number) {
    return view(number, CLASSES);
  }

  public static LabeledView view(long number, int classes) {
    Random random = new Random(number);
    int label = random.nextInt(CLASSES);
    byte[] pixels = new byte[SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (random.nextInt(100) + (i / SIDE == label ? 150 : 0));
    }
    float[] logits = new float[classes];
    for (int k = 0; k < classes; k++) {
      logits[k] = random.nextFloat() + (k == label ? 6 : 0);
    }
    return LabeledView.newBuilder()
        .setView(
            AugmentedView.newBuilder()
                .setLineage(
                    new Lineage(
                        "images",
                        0,
                        number / 2,
                        "image-" + number / 2,
                        (int) (number % 2),
                        2,
                        number,
                        "policy"))
                .setRecipe(new Recipe(1, List.of(), null))
                .setEncoding(PixelEncoding.RAW)
                .setHeight(SIDE)
                .setWidth(SIDE)
                .setChannels(1)
                .setPixels(ByteBuffer.wrap(pixels))
                .setLabel(new Label(label, null, 1.0))
                .setCapturedAt(Instant.ofEpochSecond(1_700_000_000))
                .setAugmentedAt(Instant.ofEpochSecond(1_700_000_001))
                .build())
        .setTeachers(List.of(new Teacher("teacher", "1", "ab".repeat(32), 1.0)))
        .setLogits(FloatArrays.of(logits))
        .setLabeledAt(Instant.ofEpochSecond(1_700_000_002))
        .build();
  }
}
