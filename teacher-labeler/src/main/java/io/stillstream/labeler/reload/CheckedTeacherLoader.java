package io.stillstream.labeler.reload;

import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Loads a model for a chair, and makes sure that what has been loaded is what lay there all the
 * time.
 */
final class CheckedTeacherLoader {
  private final Function<ModelSpec, List<TeacherModel>> loader;

  /**
   * @param loader gives the teacher once for each lane, ready to work, or throws
   */
  CheckedTeacherLoader(Function<ModelSpec, List<TeacherModel>> loader) {
    this.loader = loader;
  }

  /**
   * Loads.
   *
   * @throws StartupException if the model is not usable, or its files changed meanwhile; nothing is
   *     left open then
   */
  List<TeacherModel> load(TeacherSlot chair, ModelSpec spec, ModelFiles files) {
    List<TeacherModel> lanes;
    try {
      lanes = loader.apply(spec);
    } catch (StartupException e) {
      throw chair.named(e);
    }
    if (!ModelFiles.at(files.path()).equals(Optional.of(files))) {
      lanes.forEach(TeacherModel::close);
      throw new StartupException(
          chair.key() + ": " + files.path() + " changed while it was being loaded");
    }
    return lanes;
  }
}
