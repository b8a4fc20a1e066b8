package io.stillstream.teacher.reload;

import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.StartupException;
import io.stillstream.teacher.labels.FacultyMetrics;
import io.stillstream.teacher.labels.FakeTeacher;
import io.stillstream.teacher.labels.Teacher;
import io.stillstream.teacher.labels.Term;
import io.stillstream.teacher.labels.Term.Credit;
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
final class School implements FacultyMetrics, AutoCloseable {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  final List<FakeTeacher> loaded = new CopyOnWriteArrayList<>();
  final AtomicInteger failures = new AtomicInteger();
  final AtomicInteger loads = new AtomicInteger();
  final AtomicInteger swaps = new AtomicInteger();
  volatile List<Credit> teaching = List.of();
  volatile CountDownLatch gate = new CountDownLatch(0);
  final TeacherReloads reloads;

  School(Path... roots) {
    this(Stream.of(roots).map(root -> new TeacherEntry(root, 1)).toList());
  }

  School(List<TeacherEntry> entries) {
    reloads = TeacherReloads.open(entries, this::load, this, () -> NOW, System::nanoTime);
  }

  /** Weights that are broken cannot be loaded, and with some the machine is at its end. */
  private List<Teacher> load(ModelSpec spec) {
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
    FakeTeacher teacher =
        new FakeTeacher(
            new Teacher.Identity(spec.name(), spec.version(), spec.sha256()),
            spec.height(),
            new float[spec.classes().size()]);
    loaded.add(teacher);
    return List.of(teacher);
  }

  /** The versions that labels name now. */
  List<String> versions() {
    try (Term term = reloads.faculty().enter()) {
      return term.credits().stream().map(credit -> credit.teacher().version()).toList();
    }
  }

  long open() {
    return loaded.stream().filter(teacher -> !teacher.closed.get()).count();
  }

  @Override
  public void teaching(List<Credit> credits) {
    teaching = credits;
  }

  @Override
  public void loading(Duration took) {
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
    reloads.close();
  }
}
