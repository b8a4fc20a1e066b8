package io.stillstream.local.data;

import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.runtime.config.StartupException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * Scenes of the garments in a data set of idx files: those to train on show garments of its
 * training part, those to measure on show garments of its test part.
 */
public final class SceneDataSet implements DataSet {
  /** Seeds of the demo's scenes. */
  private static final long TRAIN_SEED = 1;

  private static final long TEST_SEED = 2;

  /** Scenes to measure on. */
  private static final int TEST_SCENES = 1_000;

  private final DataSet garments;

  private SceneDataSet(DataSet garments) {
    this.garments = garments;
  }

  /**
   * Reads the garments.
   *
   * @throws StartupException naming the directory, if it has no idx files
   */
  public static SceneDataSet open(Path directory) {
    DataSet garments = DataSet.open(directory, file -> true);
    if (!(garments instanceof IdxDataSet)) {
      throw new StartupException("scenes are made of idx files; there are none in " + directory);
    }
    return new SceneDataSet(garments);
  }

  @Override
  public List<String> incompatibilities(List<String> classes) {
    return garments.incompatibilities(classes.subList(Math.min(1, classes.size()), classes.size()));
  }

  @Override
  public LabeledImages images(Split part, List<String> classes) {
    IdxLabeledImages images = (IdxLabeledImages) garments.images(part, classes);
    return part == Split.TRAIN
        ? new SyntheticScenes(images, TRAIN_SEED, images.size())
        : new SyntheticScenes(images, TEST_SEED, TEST_SCENES);
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public List<Integer> size() {
    return List.of(SyntheticScenes.SIDE, SyntheticScenes.SIDE);
  }

  @Override
  public OptionalInt channels() {
    return OptionalInt.of(1);
  }

  @Override
  public List<Path> unusableFiles() {
    return List.of();
  }
}
