package io.stillstream.labeler.reload;

import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.reload.TeacherSlot.ActiveModel;
import io.stillstream.labeler.reload.TeacherSlot.Failure;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the first model of a slot: the newest that is usable. A broken newer one does not prevent
 * the start, as it would not stop a running service.
 */
final class InitialTeacherLoader {
  private static final Logger log = LoggerFactory.getLogger(InitialTeacherLoader.class);

  private final TeacherLoader loader;
  private final InstantSource clock;

  InitialTeacherLoader(TeacherLoader loader, InstantSource clock) {
    this.loader = loader;
    this.clock = clock;
  }

  /**
   * The first model.
   *
   * @param lanes the loaded teacher
   * @param broken newer models that are not usable
   */
  record Loaded(List<TeacherModel> lanes, List<ModelFiles> broken) {}

  /**
   * Activates the newest usable model.
   *
   * @param taught what the model must answer the same as; empty if it may answer anything
   * @throws StartupException if there is no usable model, with the reason of the newest one
   */
  Loaded loadNewest(TeacherSlot slot, Optional<ModelSpec> taught) {
    List<ModelFiles> broken = new ArrayList<>();
    StartupException first = null;
    for (ModelFiles files : candidates(slot)) {
      try {
        ModelSpec spec = slot.describe(files);
        taught.ifPresent(required -> slot.requireSameAnswers(spec, required));
        List<TeacherModel> lanes = slot.load(loader, spec, files);
        slot.activate(new ActiveModel(spec, files, clock.instant()));
        if (first != null) {
          log.atWarn()
              .addKeyValue("path", broken.get(0).path())
              .addKeyValue("reason", first.getMessage())
              .addKeyValue("instead", files.path())
              .log("the newest teacher is not usable; an older one labels");
        }
        return new Loaded(lanes, broken);
      } catch (StartupException e) {
        broken.add(files);
        if (first == null) {
          first = e;
          slot.recordFailure(new Failure(files.path(), clock.instant(), e.getMessage()));
        }
      }
    }
    throw first == null ? nothing(slot) : first;
  }

  private static List<ModelFiles> candidates(TeacherSlot slot) {
    try {
      return slot.root().newestFirst().toList();
    } catch (UncheckedIOException e) {
      throw new StartupException(slot.key() + ": cannot be read: " + e.getCause().getMessage(), e);
    }
  }

  private static StartupException nothing(TeacherSlot slot) {
    var path = slot.root().path();
    if (Files.isDirectory(path) && !ModelFiles.isModel(path)) {
      return new StartupException(
          "%s: there is no teacher.yaml in %s, nor a directory in it that holds one and its model"
              .formatted(slot.key(), path));
    }
    try {
      // Its message says what is missing.
      ModelSpec.load(path, "teacher");
      return new StartupException(slot.key() + ": " + path + " has changed just now");
    } catch (StartupException e) {
      return slot.named(e);
    }
  }
}
