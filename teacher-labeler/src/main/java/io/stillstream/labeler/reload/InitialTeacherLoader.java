package io.stillstream.labeler.reload;

import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.labeler.reload.TeacherSlot.ActiveModel;
import io.stillstream.labeler.reload.TeacherSlot.Failure;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.service.RetryBackoff;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the first model of a slot: the newest that is usable. A broken newer one does not prevent
 * the start, as it would not stop a running service.
 */
final class InitialTeacherLoader {
  private static final Logger log = LoggerFactory.getLogger(InitialTeacherLoader.class);

  /** A wait ends so soon after a stop was requested. */
  private static final Duration SLICE = Duration.ofMillis(100);

  private final TeacherLoader loader;
  private final Runnable requireOpen;
  private final InstantSource clock;

  /**
   * @param requireOpen what it throws ends the wait for a server that is away
   */
  InitialTeacherLoader(TeacherLoader loader, Runnable requireOpen, InstantSource clock) {
    this.loader = loader;
    this.requireOpen = requireOpen;
    this.clock = clock;
  }

  /**
   * The first model.
   *
   * @param lanes the loaded teacher
   * @param broken newer models that are not usable
   */
  record Loaded(List<TeacherModel> lanes, List<ModelVersion> broken) {}

  /**
   * Activates the newest usable model. Waits as long as a server that computes it is away.
   *
   * @param taught what the model must answer the same as; empty if it may answer anything
   * @throws StartupException if there is no usable model, with the reason of the newest one
   */
  Loaded loadNewest(TeacherSlot slot, Optional<ModelSpec> taught) {
    RetryBackoff backoff = new RetryBackoff();
    boolean told = false;
    while (true) {
      try {
        return loadNow(slot, taught);
      } catch (TeacherUnavailableException e) {
        if (!told) {
          log.atWarn()
              .addKeyValue("teacher", slot.key())
              .addKeyValue("reason", e.getMessage())
              .log("waiting for the server of a teacher");
          told = true;
        }
        pause(backoff.next());
      }
    }
  }

  private void pause(Duration time) {
    long slice = SLICE.toMillis();
    try {
      for (long left = time.toMillis(); left > 0; left -= slice) {
        requireOpen.run();
        TimeUnit.MILLISECONDS.sleep(Math.min(left, slice));
      }
      requireOpen.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted while waiting for the server of a teacher", e);
    }
  }

  private Loaded loadNow(TeacherSlot slot, Optional<ModelSpec> taught) {
    List<ModelVersion> broken = new ArrayList<>();
    StartupException first = null;
    for (ModelVersion version : candidates(slot)) {
      try {
        ModelSpec spec = slot.describe(version);
        taught.ifPresent(required -> slot.requireSameAnswers(spec, required));
        List<TeacherModel> lanes = slot.load(loader, spec, version);
        slot.activate(new ActiveModel(spec, lanes.get(0).identity(), version, clock.instant()));
        if (first != null) {
          log.atWarn()
              .addKeyValue("path", broken.get(0).location())
              .addKeyValue("reason", first.getMessage())
              .addKeyValue("instead", version.location())
              .log("the newest teacher is not usable; an older one labels");
        }
        return new Loaded(lanes, broken);
      } catch (StartupException e) {
        broken.add(version);
        if (first == null) {
          first = e;
          slot.recordFailure(new Failure(version.location(), clock.instant(), e.getMessage()));
        }
      }
    }
    throw first == null ? nothing(slot) : first;
  }

  private static List<ModelVersion> candidates(TeacherSlot slot) {
    try {
      return slot.source().newestFirst().toList();
    } catch (StartupException e) {
      throw slot.named(e);
    } catch (UncheckedIOException e) {
      throw new StartupException(slot.key() + ": cannot be read: " + e.getCause().getMessage(), e);
    }
  }

  private static StartupException nothing(TeacherSlot slot) {
    if (!(slot.source() instanceof ModelRepository files)) {
      return new StartupException(
          "%s: there is no model at %s".formatted(slot.key(), slot.source().location()));
    }
    var path = files.path();
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
