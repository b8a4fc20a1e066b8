package io.stillstream.labeler.model;

import io.stillstream.runtime.model.ModelSpec;
import java.util.List;

/**
 * A model that a {@link TeacherSource} has: equal as long as it is the same and has not changed.
 */
public interface ModelVersion {
  /** Where it is, for people: a path, or a server's URL with the model and its version. */
  String location();

  /**
   * What goes in and out.
   *
   * @throws io.stillstream.runtime.config.StartupException if the description is missing or wrong
   */
  ModelSpec describe();

  /**
   * Loads it, probed and warmed up, once for each lane. The caller closes each.
   *
   * @param loader for models that this process computes
   * @param spec as described
   * @throws io.stillstream.runtime.config.StartupException if it is not usable, or changed
   *     meanwhile; nothing is left open then
   * @throws TeacherUnavailableException if the server that computes it is away
   */
  List<TeacherModel> load(TeacherLoader loader, ModelSpec spec);
}
