package io.stillstream.labeler.reload;

import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.util.List;
import java.util.Optional;

/** Loads a model for a slot, and checks that its files did not change meanwhile. */
final class CheckedTeacherLoader {
  private final TeacherLoader loader;

  CheckedTeacherLoader(TeacherLoader loader) {
    this.loader = loader;
  }

  /**
   * Loads a model.
   *
   * @throws StartupException if the model is not usable, or its files changed meanwhile; nothing is
   *     left open then
   */
  List<TeacherModel> load(TeacherSlot slot, ModelSpec spec, ModelFiles files) {
    List<TeacherModel> lanes;
    try {
      lanes = loader.load(spec);
    } catch (StartupException e) {
      throw slot.named(e);
    }
    if (!ModelFiles.at(files.path()).equals(Optional.of(files))) {
      lanes.forEach(TeacherModel::close);
      throw new StartupException(
          slot.key() + ": " + files.path() + " changed while it was being loaded");
    }
    return lanes;
  }
}
