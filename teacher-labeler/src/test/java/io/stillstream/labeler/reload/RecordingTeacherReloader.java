package io.stillstream.labeler.reload;

import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.labeler.metrics.TeacherPoolMetrics;
import io.stillstream.labeler.model.FakeTeacherModel;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.reload.TeacherReloader.Entry;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.labeler.teachers.TeacherLease.Contribution;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Teachers from {@link TestModels}, and everything that becomes of them. */
final class RecordingTeacherReloader implements TeacherPoolMetrics, AutoCloseable {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  final List<FakeTeacherModel> loaded = new CopyOnWriteArrayList<>();
  final AtomicInteger failures = new AtomicInteger();
  final AtomicInteger loads = new AtomicInteger();
  final AtomicInteger swaps = new AtomicInteger();
  volatile List<Contribution> active = List.of();
  volatile CountDownLatch gate = new CountDownLatch(0);
  final TeacherReloader reloader;

  RecordingTeacherReloader(Path... roots) {
    this(Stream.of(roots).map(root -> new TeacherSettings(root, 1)).toList());
  }

  RecordingTeacherReloader(List<TeacherSettings> entries) {
    reloader =
        TeacherReloader.open(
            entries.stream()
                .map(entry -> new Entry(new ModelRepository(entry.path()), entry.weight()))
                .toList(),
            this::load,
            () -> {},
            this,
            () -> NOW,
            System::nanoTime);
  }

  /** Weights that are broken cannot be loaded, and with some the machine is at its end. */
  private List<TeacherModel> load(ModelSpec spec) {
    try {
      gate.await();
      String weights = Files.readString(spec.file());
      if (weights.contains("broken")) {
        throw new StartupException("teacher: " + spec.file() + " is broken");
      }
      if (weights.contains("huge")) {
        throw new OutOfMemoryError("no room");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    FakeTeacherModel teacher =
        new FakeTeacherModel(
            TeacherLoader.identity(spec),
            spec.height(),
            spec.output(),
            new float[spec.output().size()]);
    loaded.add(teacher);
    return List.of(teacher);
  }

  /** The versions that labels name now. */
  List<String> versions() {
    try (TeacherLease lease = reloader.pool().acquire()) {
      return lease.contributions().stream()
          .map(contribution -> contribution.teacher().version())
          .toList();
    }
  }

  long open() {
    return loaded.stream().filter(teacher -> !teacher.closed.get()).count();
  }

  @Override
  public void activeTeachers(List<Contribution> credits) {
    active = credits;
  }

  @Override
  public void loaded(Duration took) {
    loads.incrementAndGet();
  }

  @Override
  public void loadFailed() {
    failures.incrementAndGet();
  }

  @Override
  public void swapped(Duration blocked) {
    swaps.incrementAndGet();
  }

  @Override
  public void close() {
    reloader.close();
  }
}
