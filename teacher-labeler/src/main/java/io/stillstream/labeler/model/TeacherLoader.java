package io.stillstream.labeler.model;

import io.stillstream.runtime.model.ModelSpec;
import java.util.List;

/** Loads teachers, probed and warmed up. */
public interface TeacherLoader {
  /**
   * Loads the teacher once for each lane, that is as many times as it can infer at once. The caller
   * closes each.
   *
   * @throws io.stillstream.runtime.config.StartupException if it is not usable; nothing is left
   *     open then
   */
  List<TeacherModel> load(ModelSpec spec);

  /** Which teacher it is that this process loads from a model directory. */
  static TeacherModel.Identity identity(ModelSpec spec) {
    return new TeacherModel.Identity(
        spec.name(), spec.version(), spec.sha256(), spec.format().platform());
  }
}
