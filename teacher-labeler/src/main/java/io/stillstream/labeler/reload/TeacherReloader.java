package io.stillstream.labeler.reload;

import io.stillstream.labeler.metrics.TeacherPoolMetrics;
import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherSource;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.labeler.reload.InitialTeacherLoader.Loaded;
import io.stillstream.labeler.teachers.AnswerAverager;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.labeler.teachers.TeacherPool;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.model.ModelSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the teachers, polls for newer models, and takes requests to load one at once. All loading
 * and closing happens on one thread of its own, so that labelling does not wait for it. Safe for
 * several threads.
 */
public final class TeacherReloader implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TeacherReloader.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  /** How often to look whether an answer has shown a change. */
  private static final Duration CHANGES = Duration.ofMillis(100);

  private final List<WatchedSlot> slots;
  private final TeacherPool pool;
  private final TeacherSwapper swapper;
  private final ScheduledExecutorService thread;
  private final AtomicBoolean busy = new AtomicBoolean();

  private TeacherReloader(
      List<WatchedSlot> slots,
      TeacherPool pool,
      TeacherSwapper swapper,
      ScheduledExecutorService thread) {
    this.slots = slots;
    this.pool = pool;
    this.swapper = swapper;
    this.thread = thread;
  }

  /** A teacher's source, and its weight in the mean. */
  public record Entry(TeacherSource source, double weight) {}

  /**
   * Loads the teachers. Waits for servers that are away.
   *
   * @param entries whose sources belong to the reloader from now on
   * @param loader loads a teacher once for each lane
   * @param requireOpen called while it waits; what it throws ends the wait
   * @throws StartupException if one cannot be loaded, or they do not fit each other; nothing is
   *     left open then
   */
  public static TeacherReloader open(
      List<Entry> entries,
      TeacherLoader loader,
      Runnable requireOpen,
      TeacherPoolMetrics metrics,
      InstantSource clock,
      LongSupplier nanoTime) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(TeacherReloader::daemon);
    InitialTeacherLoader initialLoader = new InitialTeacherLoader(loader, requireOpen, clock);
    List<WatchedSlot> slots = new ArrayList<>();
    List<List<TeacherModel>> members = new ArrayList<>();
    try {
      Optional<ModelSpec> taught = Optional.empty();
      for (int i = 0; i < entries.size(); i++) {
        String key = entries.size() == 1 ? "teacher" : "teachers[" + i + "]";
        TeacherSlot slot = new TeacherSlot(i, key, entries.get(i).source());
        Loaded loaded = initialLoader.loadNewest(slot, taught);
        members.add(loaded.lanes());
        taught = taught.or(() -> Optional.of(slot.active().spec()));
        ModelVersionDetector detector =
            new ModelVersionDetector(slot.source(), slot.active().version());
        loaded.broken().forEach(detector::markUnusable);
        slots.add(new WatchedSlot(slot, detector));
      }
      TeacherPool pool =
          new TeacherPool(
              members,
              AnswerAverager.of(
                  members.get(0).get(0).output(), entries.stream().map(Entry::weight).toList()),
              work -> runOn(thread, work));
      try (TeacherLease lease = pool.acquire()) {
        metrics.activeTeachers(lease.contributions());
      }
      return new TeacherReloader(
          slots, pool, new TeacherSwapper(pool, loader, metrics, clock, nanoTime), thread);
    } catch (RuntimeException | Error e) {
      members.forEach(lanes -> lanes.forEach(TeacherModel::close));
      entries.forEach(entry -> entry.source().close());
      thread.shutdown();
      if (e instanceof IllegalArgumentException) {
        throw new StartupException("teachers: " + e.getMessage(), e);
      }
      throw e;
    }
  }

  /** The teachers that label now. */
  public List<TeacherModel.Identity> activeTeachers() {
    return slots.stream().map(watched -> watched.slot().active().identity()).toList();
  }

  /** Whether all teachers answer, as far as is known, and which they are. */
  public Check check() {
    Optional<String> problem =
        slots.stream().flatMap(each -> each.slot().source().problem().stream()).findFirst();
    String names =
        activeTeachers().stream()
            .map(teacher -> teacher.name() + " version " + teacher.version())
            .collect(Collectors.joining(", "));
    return Check.readiness("teacher", problem.isEmpty(), problem.orElse(names));
  }

  /** The loaded teachers; closed with this. */
  public TeacherPool pool() {
    return pool;
  }

  /**
   * Starts polling for newer models, and at once where answers show that there is one.
   *
   * @param interval zero for only then
   */
  public void pollEvery(Duration interval) {
    if (!interval.isZero()) {
      schedule(interval, source -> true);
    }
    if (slots.stream().anyMatch(watched -> watched.slot().source().isAtomic())) {
      schedule(CHANGES, TeacherSource::hasChanged);
    }
  }

  /** The models that label now, one for each teacher. Safe for all threads. */
  public List<TeacherModel.Identity> active() {
    return slots().stream().map(slot -> slot.active().identity()).toList();
  }

  /** In the order of the settings. */
  List<TeacherSlot> slots() {
    return slots.stream().map(WatchedSlot::slot).toList();
  }

  /** The newest complete model of a slot, whether or not it is active. */
  Optional<ModelVersion> newest(TeacherSlot slot) {
    // Not the detector: that belongs to the other thread, and skips models that failed before.
    return slot.source().newestFirst().findFirst();
  }

  /**
   * Loads models that the caller knows to be complete. Returns at once.
   *
   * @return false if another one is being loaded
   */
  boolean request(List<LoadRequest> requests) {
    if (!busy.compareAndSet(false, true)) {
      return false;
    }
    try {
      thread.execute(
          () -> {
            try {
              requests.forEach(
                  request -> slots.get(request.slot()).swap(swapper, request.version()));
            } catch (TeacherUnavailableException e) {
              log.atWarn().addKeyValue("reason", e.getMessage()).log("a teacher's server is away");
            } finally {
              busy.set(false);
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      busy.set(false);
      return false;
    }
  }

  /** A model for a slot. */
  record LoadRequest(int slot, ModelVersion version) {}

  /** Closes the pool, and waits until all teachers are closed. */
  @Override
  public void close() {
    pool.close();
    thread.shutdown();
    slots.forEach(watched -> watched.slot().source().close());
    try {
      if (!thread.awaitTermination(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        log.atWarn()
            .addKeyValue("after", CLOSE_TIMEOUT)
            .log("a teacher is still being loaded; it is left open");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void schedule(Duration interval, Predicate<TeacherSource> due) {
    long nanos = interval.toNanos();
    var unused =
        thread.scheduleWithFixedDelay(
            () ->
                slots.stream()
                    .filter(watched -> due.test(watched.slot().source()))
                    .forEach(watched -> watched.poll(swapper, busy)),
            nanos,
            nanos,
            TimeUnit.NANOSECONDS);
  }

  private static void runOn(ScheduledExecutorService thread, Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException e) {
      // The service has ended before its last batch: the thread of that batch closes.
      work.run();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "teacher-loader");
    thread.setDaemon(true);
    return thread;
  }
}
