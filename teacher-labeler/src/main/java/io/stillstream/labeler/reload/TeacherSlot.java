package io.stillstream.labeler.reload;

import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherModel.Identity;
import io.stillstream.labeler.model.TeacherSource;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of one configured teacher: the active model, the one that is being loaded, and the last
 * failure. Written by the thread that loads teachers, read by any.
 */
final class TeacherSlot {
  private final int index;
  private final String key;
  private final TeacherSource source;
  private volatile ActiveModel active;
  private volatile Optional<String> candidate = Optional.empty();
  private volatile Optional<Failure> lastFailure = Optional.empty();

  /**
   * @param key of the setting that names it, for messages
   */
  TeacherSlot(int index, String key, TeacherSource source) {
    this.index = index;
    this.key = key;
    this.source = source;
  }

  /** The model that labels, and since when. */
  record ActiveModel(ModelSpec spec, Identity identity, ModelVersion version, Instant since) {}

  /** The last model that was not usable, and why. */
  record Failure(String location, Instant at, String message) {}

  int index() {
    return index;
  }

  String key() {
    return key;
  }

  TeacherSource source() {
    return source;
  }

  ActiveModel active() {
    return active;
  }

  /** The model that is being loaded. */
  Optional<String> candidate() {
    return candidate;
  }

  Optional<Failure> lastFailure() {
    return lastFailure;
  }

  void activate(ActiveModel next) {
    active = next;
  }

  void setCandidate(Optional<String> location) {
    candidate = location;
  }

  void recordFailure(Failure failure) {
    lastFailure = Optional.of(failure);
  }

  /**
   * Reads the description of a model.
   *
   * @throws StartupException if it cannot be read; the message begins with the setting's key
   */
  ModelSpec describe(ModelVersion version) {
    try {
      return version.describe();
    } catch (StartupException e) {
      throw named(e);
    }
  }

  /**
   * Loads a model.
   *
   * @throws StartupException if it is not usable, or changed meanwhile; nothing is left open then
   */
  List<TeacherModel> load(TeacherLoader loader, ModelSpec spec, ModelVersion version) {
    try {
      return version.load(loader, spec);
    } catch (StartupException e) {
      throw named(e);
    }
  }

  /** The same message, beginning with this slot's key instead of that of a single teacher. */
  StartupException named(StartupException e) {
    String message = e.getMessage().replaceFirst("^teacher: ", "");
    return new StartupException(key + ": " + message, e);
  }

  /**
   * @throws StartupException if a model answers another task or in another shape, or has other
   *     classes, or in another order
   */
  void requireSameAnswers(ModelSpec spec, ModelSpec taught) {
    if (!spec.output().equals(taught.output())) {
      throw new StartupException(
          "%s: %s answers %s, taught is %s"
              .formatted(key, spec.file(), spec.output(), taught.output()));
    }
    if (spec.task() == ModelTask.EMBEDDING) {
      // Its dimensions are no classes.
      return;
    }
    for (int k = 0; k < spec.classes().size(); k++) {
      String expected = taught.classes().get(k);
      if (!spec.classes().get(k).equals(expected)) {
        throw new StartupException(
            "%s: %s has %s as class %d, taught is %s"
                .formatted(key, spec.file(), spec.classes().get(k), k, expected));
      }
    }
  }
}
