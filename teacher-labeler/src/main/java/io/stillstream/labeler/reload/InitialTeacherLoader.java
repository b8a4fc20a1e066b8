package io.stillstream.labeler.reload;

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
 * The first model of a chair: the newest that can be used. A broken one in front of it keeps nobody
 * from starting, as it would not have stopped who runs already.
 */
final class InitialTeacherLoader {
  private static final Logger log = LoggerFactory.getLogger(InitialTeacherLoader.class);

  private final CheckedTeacherLoader loading;
  private final InstantSource clock;

  InitialTeacherLoader(CheckedTeacherLoader loading, InstantSource clock) {
    this.loading = loading;
    this.clock = clock;
  }

  /**
   * What the first model was, and what was in vain before.
   *
   * @param lanes the loaded teacher
   * @param broken newer models that could not be used
   */
  record Loaded(List<TeacherModel> lanes, List<ModelFiles> broken) {}

  /**
   * Fills a chair.
   *
   * @param taught the classes that the model must have; empty if it may have any
   * @throws StartupException if there is no usable model, with the reason of the newest one
   */
  Loaded loadNewest(TeacherSlot chair, Optional<List<String>> taught) {
    List<ModelFiles> broken = new ArrayList<>();
    StartupException first = null;
    for (ModelFiles files : candidates(chair)) {
      try {
        ModelSpec spec = chair.describe(files);
        taught.ifPresent(classes -> chair.requireClasses(spec, classes));
        List<TeacherModel> lanes = loading.load(chair, spec, files);
        chair.activate(new ActiveModel(spec, files, clock.instant()));
        if (first != null) {
          log.atWarn()
              .addKeyValue("path", broken.get(0).path())
              .addKeyValue("reason", first.getMessage())
              .addKeyValue("instead", files.path())
              .log("the newest teacher cannot be used; an older one teaches");
        }
        return new Loaded(lanes, broken);
      } catch (StartupException e) {
        broken.add(files);
        if (first == null) {
          first = e;
          chair.recordFailure(new Failure(files.path(), clock.instant(), e.getMessage()));
        }
      }
    }
    throw first == null ? nothing(chair) : first;
  }

  private static List<ModelFiles> candidates(TeacherSlot chair) {
    try {
      return chair.root().newestFirst().toList();
    } catch (UncheckedIOException e) {
      throw new StartupException(chair.key() + ": cannot be read: " + e.getCause().getMessage(), e);
    }
  }

  private static StartupException nothing(TeacherSlot chair) {
    var path = chair.root().path();
    if (Files.isDirectory(path) && !ModelFiles.isModel(path)) {
      return new StartupException(
          "%s: there is no teacher.yaml in %s, nor a directory in it that holds one and its model"
              .formatted(chair.key(), path));
    }
    try {
      // It says best itself what it misses.
      ModelSpec.load(path, "teacher");
      return new StartupException(chair.key() + ": " + path + " has changed just now");
    } catch (StartupException e) {
      return chair.named(e);
    }
  }
}
