package io.stillstream.labeler.reload;

import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.labeler.metrics.TeacherPoolMetrics;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.reload.InitialTeacherLoader.Loaded;
import io.stillstream.labeler.teachers.ProbabilityAverager;
import io.stillstream.labeler.teachers.ReloadableTeacherPool;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.labeler.teachers.TeacherPool;
import io.stillstream.runtime.config.StartupException;
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
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The teachers of a service: loads them, looks now and then whether there are newer ones, and takes
 * requests to look at once. All loading and closing happens on one thread of its own, so that
 * nobody who labels waits for it. Safe for several threads.
 */
public final class TeacherReloader implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TeacherReloader.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<WatchedSlot> places;
  private final ReloadableTeacherPool faculty;
  private final TeacherSwapper appointments;
  private final ScheduledExecutorService thread;
  private final AtomicBoolean busy = new AtomicBoolean();

  private TeacherReloader(
      List<WatchedSlot> places,
      ReloadableTeacherPool faculty,
      TeacherSwapper appointments,
      ScheduledExecutorService thread) {
    this.places = places;
    this.faculty = faculty;
    this.appointments = appointments;
    this.thread = thread;
  }

  /** A chair, and whoever looks for somebody newer to sit there. */
  private record WatchedSlot(TeacherSlot chair, ModelVersionDetector watch) {}

  /**
   * Loads the teachers.
   *
   * @param loader gives a teacher once for each lane, loaded and warm, or throws
   * @throws StartupException if one cannot be had, or they cannot answer as one; nothing is left
   *     open then
   */
  public static TeacherReloader open(
      List<TeacherSettings> entries,
      Function<ModelSpec, List<TeacherModel>> loader,
      TeacherPoolMetrics metrics,
      InstantSource clock,
      LongSupplier nanoTime) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(TeacherReloader::daemon);
    CheckedTeacherLoader loading = new CheckedTeacherLoader(loader);
    InitialTeacherLoader enrolment = new InitialTeacherLoader(loading, clock);
    List<WatchedSlot> places = new ArrayList<>();
    List<List<TeacherModel>> members = new ArrayList<>();
    try {
      Optional<List<String>> taught = Optional.empty();
      for (int i = 0; i < entries.size(); i++) {
        String key = entries.size() == 1 ? "teacher" : "teachers[" + i + "]";
        TeacherSlot chair = new TeacherSlot(i, key, new ModelRepository(entries.get(i).path()));
        Loaded enrolled = enrolment.loadNewest(chair, taught);
        members.add(enrolled.lanes());
        taught = Optional.of(chair.active().spec().classes());
        ModelVersionDetector watch = new ModelVersionDetector(chair.root(), chair.active().files());
        enrolled.broken().forEach(watch::markUnusable);
        places.add(new WatchedSlot(chair, watch));
      }
      ReloadableTeacherPool faculty =
          new ReloadableTeacherPool(
              members,
              new ProbabilityAverager(entries.stream().map(TeacherSettings::weight).toList()),
              work -> runOn(thread, work));
      try (TeacherLease term = faculty.acquire()) {
        metrics.activeTeachers(term.contributions());
      }
      return new TeacherReloader(
          places, faculty, new TeacherSwapper(faculty, loading, metrics, clock, nanoTime), thread);
    } catch (RuntimeException | Error e) {
      members.forEach(lanes -> lanes.forEach(TeacherModel::close));
      thread.shutdown();
      if (e instanceof IllegalArgumentException) {
        throw new StartupException("teachers: " + e.getMessage(), e);
      }
      throw e;
    }
  }

  /** Who teaches now. */
  public List<TeacherModel.Identity> activeTeachers() {
    return places.stream()
        .map(place -> place.chair().active().spec())
        .map(spec -> new TeacherModel.Identity(spec.name(), spec.version(), spec.sha256()))
        .toList();
  }

  /** Whoever teaches; closed with this. */
  public TeacherPool pool() {
    return faculty;
  }

  /** Looks from now on for newer models, again and again. */
  public void pollEvery(Duration interval) {
    long nanos = interval.toNanos();
    var unused = thread.scheduleWithFixedDelay(this::look, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** The places of the teachers, in the order of the settings. */
  List<TeacherSlot> slots() {
    return places.stream().map(WatchedSlot::chair).toList();
  }

  /** The newest model of a place that may be usable, whether or not it teaches. */
  Optional<ModelFiles> newest(TeacherSlot chair) {
    // Not the watch: that belongs to the other thread, and passes over what was broken before.
    return chair.root().newestFirst().findFirst();
  }

  /**
   * Loads a model without looking twice, as whoever asks knows that it is complete. Returns at
   * once.
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
              requests.forEach(request -> swap(places.get(request.chair()), request.files()));
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

  /** A model for a place. */
  record LoadRequest(int chair, ModelFiles files) {}

  /** Ends the last term, and waits until all teachers are closed. */
  @Override
  public void close() {
    faculty.close();
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        log.atWarn()
            .addKeyValue("after", PATIENCE)
            .log("a teacher is still being loaded; it is left open");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    for (WatchedSlot place : places) {
      try {
        Optional<ModelFiles> found = place.watch().poll();
        if (found.isPresent() && busy.compareAndSet(false, true)) {
          try {
            swap(place, found.get());
          } finally {
            busy.set(false);
          }
        }
      } catch (RuntimeException e) {
        // Whatever it is, the next look may succeed.
        log.atWarn()
            .addKeyValue("path", place.chair().root().path())
            .addKeyValue("error", e.toString())
            .log("cannot look for newer teachers");
      }
    }
  }

  private void swap(WatchedSlot place, ModelFiles files) {
    boolean isNewest = place.watch().newest().equals(Optional.of(files));
    if (!appointments.swapTo(place.chair(), files)) {
      place.watch().markUnusable(files);
    } else if (isNewest) {
      // One that was asked for by name stays until what is newest changes.
      place.watch().markLoaded(files);
    }
  }

  private static void runOn(ScheduledExecutorService thread, Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException e) {
      // The service has ended before its last batch: whoever held it closes.
      work.run();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "teacher-loader");
    thread.setDaemon(true);
    return thread;
  }
}
