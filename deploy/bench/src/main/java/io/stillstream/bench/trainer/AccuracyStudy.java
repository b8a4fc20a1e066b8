package io.stillstream.bench.trainer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sets of rows that are trained one after the other. */
enum AccuracyStudy {
  /** Accuracy against cost: views of an image, and updates per fresh batch. */
  COST {
    @Override
    List<AccuracyRow> rows(TrainingScenario base, int images) {
      List<AccuracyRow> rows = new ArrayList<>();
      for (int views : new int[] {1, 2, 4}) {
        for (int updates : new int[] {2, 4, 8}) {
          Map<String, String> settings = new LinkedHashMap<>();
          settings.put("updates", Integer.toString(updates));
          if (views == 1) {
            settings.put("replay.horizontal-flip", "true");
          }
          rows.add(
              AccuracyRow.of(
                  "views-%d-updates-%d".formatted(views, updates),
                  base.with(views, settings),
                  images,
                  Optional.empty()));
        }
      }
      return rows;
    }
  },

  /** The settings that matter most; for a comparison with PyTorch. */
  PARITY {
    @Override
    List<AccuracyRow> rows(TrainingScenario base, int images) {
      List<AccuracyRow> rows = new ArrayList<>();
      for (int count : images > FEW ? new int[] {FEW, images} : new int[] {images}) {
        rows.add(AccuracyRow.of("defaults-" + count, base, count, Optional.empty()));
        rows.add(
            AccuracyRow.of(
                "adamw-" + count, with(base, "optimiser.kind", "adamw"), count, Optional.empty()));
      }
      for (int views : new int[] {1_000, 5_000}) {
        TrainingScenario small = with(base, "buffer.views", Integer.toString(views));
        rows.add(
            AccuracyRow.of(
                "class-incremental-" + views,
                small.with(
                    small.views(),
                    Map.of("buffer.views-per-image", "1", "optimiser.learning-rate", "0.002")),
                images,
                Optional.of(CLASSES_PER_TASK)));
      }
      return rows;
    }
  };

  /** Images of the demo. */
  private static final int FEW = 12_000;

  private static final int CLASSES_PER_TASK = 2;

  /**
   * The rows.
   *
   * @param base what they vary
   * @param images at most so many
   */
  abstract List<AccuracyRow> rows(TrainingScenario base, int images);

  private static TrainingScenario with(TrainingScenario base, String key, String value) {
    return base.with(base.views(), Map.of(key, value));
  }

  /**
   * What one row trains.
   *
   * @param classesPerTask so many classes at a time; all at once when empty
   */
  record AccuracyRow(
      String name,
      TrainingScenario scenario,
      TaskSequence sequence,
      Optional<Integer> classesPerTask) {
    static AccuracyRow of(
        String name, TrainingScenario scenario, int images, Optional<Integer> classesPerTask) {
      return new AccuracyRow(
          name, scenario, TaskSequence.of(scenario, images, classesPerTask), classesPerTask);
    }
  }
}
