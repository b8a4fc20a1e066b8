package io.stillstream.labeler.reload;

import io.stillstream.labeler.metrics.TeacherPoolMetrics;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.reload.TeacherSlot.Failure;
import io.stillstream.labeler.reload.TeacherSlot.Incumbent;
import io.stillstream.labeler.teachers.ReloadableTeacherPool;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts another model on a chair: loaded and warmed beside the one that teaches, then swapped in. If
 * anything is wrong with it the old one stays. Belongs to one thread.
 */
final class TeacherSwapper {
  private static final Logger log = LoggerFactory.getLogger(TeacherSwapper.class);

  private final ReloadableTeacherPool faculty;
  private final CheckedTeacherLoader loading;
  private final TeacherPoolMetrics metrics;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  TeacherSwapper(
      ReloadableTeacherPool faculty,
      CheckedTeacherLoader loading,
      TeacherPoolMetrics metrics,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.faculty = faculty;
    this.loading = loading;
    this.metrics = metrics;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** Returns whether the model sits on the chair now, be it that it did before. */
  boolean appoint(TeacherSlot chair, ModelFiles files) {
    chair.consider(Optional.of(files.path()));
    long start = nanoTime.getAsLong();
    try {
      ModelSpec spec = chair.describe(files);
      if (isIncumbent(chair, spec)) {
        chair.seat(new Incumbent(spec, files, chair.incumbent().since()));
        return true;
      }
      chair.requireClasses(spec, chair.incumbent().spec().classes());
      List<TeacherModel> lanes = loading.load(chair, spec, files);
      Duration took = since(start);
      metrics.loading(took);
      Duration blocked = swap(chair, lanes);
      tell(chair, new Incumbent(spec, files, clock.instant()), took, blocked);
      return true;
    } catch (RuntimeException | Error e) {
      // Errors too: memory that is too small for a second model, or a library that is missing.
      metrics.loading(since(start));
      refuse(chair, files, e);
      return false;
    } finally {
      chair.consider(Optional.empty());
    }
  }

  /**
   * @throws StartupException if the same version of the same weights is described otherwise than
   *     before: labels would not tell the difference
   */
  private static boolean isIncumbent(TeacherSlot chair, ModelSpec spec) {
    ModelSpec old = chair.incumbent().spec();
    boolean same =
        spec.name().equals(old.name())
            && spec.version().equals(old.version())
            && spec.sha256().equals(old.sha256());
    if (same && !spec.describesTheSameAs(old)) {
      throw new StartupException(
          "%s: %s is described otherwise than what teaches, under the same version %s"
              .formatted(chair.key(), spec.file(), spec.version()));
    }
    return same;
  }

  private Duration swap(TeacherSlot chair, List<TeacherModel> lanes) {
    long start = nanoTime.getAsLong();
    try {
      faculty.replace(chair.index(), lanes);
    } catch (RuntimeException e) {
      lanes.forEach(TeacherModel::close);
      throw e instanceof IllegalArgumentException
          ? new StartupException(chair.key() + ": " + e.getMessage(), e)
          : e;
    }
    Duration blocked = since(start);
    metrics.swapped(blocked);
    return blocked;
  }

  private void tell(TeacherSlot chair, Incumbent next, Duration took, Duration blocked) {
    ModelSpec old = chair.incumbent().spec();
    chair.seat(next);
    try (TeacherLease term = faculty.enter()) {
      metrics.teaching(term.credits());
    }
    log.atInfo()
        .addKeyValue("teacher", next.spec().name())
        .addKeyValue("version", next.spec().version())
        .addKeyValue("sha256", next.spec().sha256())
        .addKeyValue("before", old.name() + " version " + old.version())
        .addKeyValue("loading.ms", took.toMillis())
        .addKeyValue("stall.us", blocked.toNanos() / 1000)
        .log("the teacher has been replaced");
  }

  private void refuse(TeacherSlot chair, ModelFiles files, Throwable cause) {
    String message =
        cause instanceof StartupException ? cause.getMessage() : chair.key() + ": " + cause;
    chair.refuse(new Failure(files.path(), clock.instant(), message));
    metrics.loadFailed();
    log.atWarn()
        .addKeyValue("path", files.path())
        .addKeyValue("reason", message)
        .log("a new teacher could not be had; the old one stays");
  }

  private Duration since(long start) {
    return Duration.ofNanos(nanoTime.getAsLong() - start);
  }
}
