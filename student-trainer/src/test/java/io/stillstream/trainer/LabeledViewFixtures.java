package io.stillstream.trainer;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/**
 * Labelled views of 8 x 8 pixels: the class says which row is bright. For the student fcn, views of
 * 8 x 12 pixels with masks, whose class says how bright each pixel is. Two views per image.
 */
public final class LabeledViewFixtures {
  private static final int SIDE = 8;
  private static final int CLASSES = 5;

  private static final int WIDTH = 12;
  private static final OutputShape GRID = OutputShape.segmentation(3, 4, 6, 2);

  private LabeledViewFixtures() {}

  /** The view of a number: always the same. */
  public static LabeledView view(long number) {
    return view(number, CLASSES);
  }

  /** The same without a label. */
  static LabeledView unlabelled(long number) {
    LabeledView view = view(number);
    view.getView().setLabel(null);
    return view;
  }

  /** Of four views, one has no mask and one no answer; in masks, a border is to be ignored. */
  public static LabeledView masked(long number) {
    Random random = new Random(number);
    int edge = random.nextInt(WIDTH);
    byte[] classes = new byte[SIDE * WIDTH];
    byte[] pixels = new byte[classes.length];
    for (int i = 0; i < classes.length; i++) {
      int column = i % WIDTH;
      int id = column < edge ? 1 : random.nextInt(10) == 0 ? 2 : 0;
      classes[i] = (byte) (column == edge ? SegmentationMask.IGNORE : id);
      pixels[i] = (byte) (80 * id + random.nextInt(60));
    }
    SegmentationMask mask = new SegmentationMask(SIDE, WIDTH, classes);
    SegmentationMask cells = mask.subsampled(GRID.stride());
    float[] row = new float[GRID.size()];
    for (int i = 0; i < row.length; i++) {
      boolean right = cells.at(i % GRID.cells()) == i / GRID.cells();
      row[i] = random.nextFloat() + (right ? 4 : 0);
    }
    LabeledView record = view(number);
    AugmentedView view = record.getView();
    view.setWidth(WIDTH);
    view.setPixels(ByteBuffer.wrap(pixels));
    view.setLabel(null);
    view.setMask(number % 4 == 1 ? null : MaskCodec.encode(mask));
    return number % 4 == 2
        ? LabeledAnswers.passedOver(view, record.getLabeledAt())
        : LabeledAnswers.labeled(
            view, record.getTeachers(), row, GRID, OptionalInt.empty(), record.getLabeledAt());
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
                        "policy",
                        null,
                        null))
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
        .setTeachers(List.of(new Teacher("teacher", "1", "ab".repeat(32), 1.0, null)))
        .setLogits(FloatArrays.of(logits))
        .setLabeledAt(Instant.ofEpochSecond(1_700_000_002))
        .build();
  }
}
