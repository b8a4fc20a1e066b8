package io.stillstream.labeler.reload;

import io.stillstream.labeler.metrics.TeacherPoolMetrics;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.reload.TeacherSlot.ActiveModel;
import io.stillstream.labeler.reload.TeacherSlot.Failure;
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
  boolean swapTo(TeacherSlot chair, ModelFiles files) {
    chair.setCandidate(Optional.of(files.path()));
    long start = nanoTime.getAsLong();
    try {
      ModelSpec spec = chair.describe(files);
      if (isActive(chair, spec)) {
        chair.activate(new ActiveModel(spec, files, chair.active().since()));
        return true;
      }
      chair.requireClasses(spec, chair.active().spec().classes());
      List<TeacherModel> lanes = loading.load(chair, spec, files);
      Duration took = since(start);
      metrics.loaded(took);
      Duration blocked = swap(chair, lanes);
      recordSwap(chair, new ActiveModel(spec, files, clock.instant()), took, blocked);
      return true;
    } catch (RuntimeException | Error e) {
      // Errors too: memory that is too small for a second model, or a library that is missing.
      metrics.loaded(since(start));
      recordFailure(chair, files, e);
      return false;
    } finally {
      chair.setCandidate(Optional.empty());
    }
  }

  /**
   * @throws StartupException if the same version of the same weights is described otherwise than
   *     before: labels would not tell the difference
   */
  private static boolean isActive(TeacherSlot chair, ModelSpec spec) {
    ModelSpec old = chair.active().spec();
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

  private void recordSwap(TeacherSlot chair, ActiveModel next, Duration took, Duration blocked) {
    ModelSpec old = chair.active().spec();
    chair.activate(next);
    try (TeacherLease term = faculty.acquire()) {
      metrics.activeTeachers(term.contributions());
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

  private void recordFailure(TeacherSlot chair, ModelFiles files, Throwable cause) {
    String message =
        cause instanceof StartupException ? cause.getMessage() : chair.key() + ": " + cause;
    chair.recordFailure(new Failure(files.path(), clock.instant(), message));
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
