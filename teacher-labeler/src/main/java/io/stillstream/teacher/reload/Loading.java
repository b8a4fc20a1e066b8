package io.stillstream.teacher.reload;

import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.StartupException;
import io.stillstream.teacher.labels.Teacher;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Loads a model for a chair, and makes sure that what has been loaded is what lay there all the
 * time.
 */
final class Loading {
  private final Function<ModelSpec, List<Teacher>> loader;

  /**
   * @param loader gives the teacher once for each lane, ready to work, or throws
   */
  Loading(Function<ModelSpec, List<Teacher>> loader) {
    this.loader = loader;
  }

  /**
   * Loads.
   *
   * @throws StartupException if the model is not usable, or its files changed meanwhile; nothing is
   *     left open then
   */
  List<Teacher> load(Chair chair, ModelSpec spec, ModelFiles files) {
    List<Teacher> lanes;
    try {
      lanes = loader.apply(spec);
    } catch (StartupException e) {
      throw chair.named(e);
    }
    if (!ModelFiles.at(files.path()).equals(Optional.of(files))) {
      lanes.forEach(Teacher::close);
      throw new StartupException(
          chair.key() + ": " + files.path() + " changed while it was being loaded");
    }
    return lanes;
  }
}
