package io.stillstream.labeler.reload;

import io.stillstream.labeler.metrics.TeacherPoolMetrics;
import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.labeler.reload.TeacherSlot.ActiveModel;
import io.stillstream.labeler.reload.TeacherSlot.Failure;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.labeler.teachers.TeacherPool;
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
 * Replaces the model of a slot: the new one is loaded and warmed up beside the active one, then
 * swapped in. If anything fails the old one stays. Belongs to one thread.
 */
final class TeacherSwapper {
  private static final Logger log = LoggerFactory.getLogger(TeacherSwapper.class);

  private final TeacherPool pool;
  private final TeacherLoader loader;
  private final TeacherPoolMetrics metrics;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  TeacherSwapper(
      TeacherPool pool,
      TeacherLoader loader,
      TeacherPoolMetrics metrics,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.pool = pool;
    this.loader = loader;
    this.metrics = metrics;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /**
   * Returns whether the model is active now, also if it was before.
   *
   * @throws TeacherUnavailableException if the server that computes it is away
   */
  boolean swapTo(TeacherSlot slot, ModelVersion version) {
    slot.setCandidate(Optional.of(version.location()));
    long start = nanoTime.getAsLong();
    try {
      ModelSpec spec = slot.describe(version);
      if (isActive(slot, spec)) {
        slot.activate(
            new ActiveModel(spec, slot.active().identity(), version, slot.active().since()));
        return true;
      }
      slot.requireSameAnswers(spec, slot.active().spec());
      List<TeacherModel> lanes = slot.load(loader, spec, version);
      Duration took = since(start);
      metrics.loaded(took);
      TeacherModel.Identity identity = lanes.get(0).identity();
      Duration blocked = swap(slot, lanes);
      recordSwap(slot, new ActiveModel(spec, identity, version, clock.instant()), took, blocked);
      return true;
    } catch (TeacherUnavailableException e) {
      // That says nothing about the model.
      metrics.loaded(since(start));
      throw e;
    } catch (RuntimeException | Error e) {
      // Errors too: memory that is too small for a second model, or a library that is missing.
      metrics.loaded(since(start));
      recordFailure(slot, version, e);
      return false;
    } finally {
      slot.setCandidate(Optional.empty());
    }
  }

  /**
   * @throws StartupException if the same version of the same weights is described otherwise than
   *     before: labels would not tell the difference
   */
  private static boolean isActive(TeacherSlot slot, ModelSpec spec) {
    ModelSpec old = slot.active().spec();
    boolean same =
        spec.name().equals(old.name())
            && spec.version().equals(old.version())
            && spec.sha256().equals(old.sha256());
    if (same && !spec.describesTheSameAs(old)) {
      throw new StartupException(
          "%s: %s is described otherwise than what teaches, under the same version %s"
              .formatted(slot.key(), spec.file(), spec.version()));
    }
    return same;
  }

  private Duration swap(TeacherSlot slot, List<TeacherModel> lanes) {
    long start = nanoTime.getAsLong();
    try {
      pool.replace(slot.index(), lanes);
    } catch (RuntimeException e) {
      lanes.forEach(TeacherModel::close);
      throw e instanceof IllegalArgumentException
          ? new StartupException(slot.key() + ": " + e.getMessage(), e)
          : e;
    }
    Duration blocked = since(start);
    metrics.swapped(blocked);
    return blocked;
  }

  private void recordSwap(TeacherSlot slot, ActiveModel next, Duration took, Duration blocked) {
    ModelSpec old = slot.active().spec();
    slot.activate(next);
    try (TeacherLease lease = pool.acquire()) {
      metrics.activeTeachers(lease.contributions());
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

  private void recordFailure(TeacherSlot slot, ModelVersion version, Throwable cause) {
    String message =
        cause instanceof StartupException ? cause.getMessage() : slot.key() + ": " + cause;
    slot.recordFailure(new Failure(version.location(), clock.instant(), message));
    metrics.loadFailed();
    log.atWarn()
        .addKeyValue("path", version.location())
        .addKeyValue("reason", message)
        .log("a new teacher is not usable; the old one stays");
  }

  private Duration since(long start) {
    return Duration.ofNanos(nanoTime.getAsLong() - start);
  }
}
