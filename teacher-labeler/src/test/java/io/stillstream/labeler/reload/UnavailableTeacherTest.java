package io.stillstream.labeler.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.metrics.MicrometerTeacherPoolMetrics;
import io.stillstream.labeler.model.FakeTeacherModel;
import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherSource;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Teachers of a source whose server may be away. */
class UnavailableTeacherTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Served source = new Served();
  @TempDir private Path directory;

  @BeforeEach
  void describe() throws IOException {
    Files.writeString(directory.resolve("teacher.yaml"), TestModels.yaml("0", "a, b"));
  }

  @Test
  void shouldWaitAtTheStart() {
    // given
    source.listingsUntilThere.set(2);
    source.loadsUntilThere.set(1);

    // when
    try (TeacherReloader reloader = open(() -> {})) {
      // then
      assertThat(reloader.activeTeachers()).containsExactly(identity("1"));
      assertThat(source.listings).hasValue(4);
      assertThat(reloader.check().ok()).isTrue();
      assertThat(reloader.check().detail()).isEqualTo("net version 1");
    }
    assertThat(source.closed).isTrue();
  }

  @Test
  void shouldEndTheWaitWhenAStopIsRequested() {
    // given
    source.listingsUntilThere.set(Integer.MAX_VALUE);
    AtomicInteger asked = new AtomicInteger();

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () ->
                open(
                    () -> {
                      if (asked.incrementAndGet() == 3) {
                        throw new StartupException("stopped while starting");
                      }
                    }))
        .withMessage("stopped while starting");
    assertThat(source.closed).isTrue();
  }

  @Test
  void shouldNotWaitForAServerThatRefuses() {
    // given
    source.refusal = Optional.of("teacher: unknown model");

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> open(() -> {}))
        .withMessage("teacher: unknown model");
  }

  @Test
  void shouldLookAtOnceWhenAnAnswerHasShownAChange() {
    // given: otherwise only on request
    try (TeacherReloader reloader = open(() -> {})) {
      reloader.pollEvery(Duration.ZERO);
      source.version = "2";

      // when
      source.changed = true;

      // then
      await()
          .untilAsserted(
              () -> assertThat(reloader.activeTeachers()).containsExactly(identity("2")));
      assertThat(source.changed).isFalse();
      assertThat(reloader.slots().get(0).active().version().location()).isEqualTo("net 2");
    }
  }

  @Test
  void shouldTryAgainWhatWasAwayWhileItLoaded() {
    // given
    try (TeacherReloader reloader = open(() -> {})) {
      source.loadsUntilThere.set(2);
      source.version = "2";

      // when
      reloader.pollEvery(Duration.ofMillis(5));

      // then
      await()
          .untilAsserted(
              () -> assertThat(reloader.activeTeachers()).containsExactly(identity("2")));
      assertThat(meters.get("teacher.load.failures").counter().count()).isZero();
      assertThat(reloader.slots().get(0).lastFailure()).isEmpty();
    }
  }

  @Test
  void shouldTellWhoIsAway() {
    try (TeacherReloader reloader = open(() -> {})) {
      // when
      source.problem = Optional.of("net: UNAVAILABLE");

      // then
      assertThat(reloader.check().ok()).isFalse();
      assertThat(reloader.check().detail()).isEqualTo("net: UNAVAILABLE");
    }
  }

  private TeacherReloader open(Runnable requireOpen) {
    return TeacherReloader.open(
        List.of(new TeacherReloader.Entry(source, 1)),
        spec -> List.of(),
        requireOpen,
        new MicrometerTeacherPoolMetrics(meters),
        () -> Instant.EPOCH,
        System::nanoTime);
  }

  private static TeacherModel.Identity identity(String version) {
    return new TeacherModel.Identity("net", version, "hash of " + version, "served");
  }

  private final class Served implements TeacherSource {
    private final AtomicInteger listings = new AtomicInteger();
    private final AtomicInteger listingsUntilThere = new AtomicInteger();
    private final AtomicInteger loadsUntilThere = new AtomicInteger();
    private volatile String version = "1";
    private volatile boolean changed;
    private volatile boolean closed;
    private volatile Optional<String> problem = Optional.empty();
    private volatile Optional<String> refusal = Optional.empty();

    @Override
    public String location() {
      return "net";
    }

    @Override
    public Stream<ModelVersion> newestFirst() {
      listings.incrementAndGet();
      changed = false;
      if (refusal.isPresent()) {
        throw new StartupException(refusal.get());
      }
      if (listingsUntilThere.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        throw new TeacherUnavailableException("away");
      }
      return Stream.of(new ServedVersion(this, version));
    }

    @Override
    public Optional<ModelVersion> find(Path path) {
      return Optional.empty();
    }

    @Override
    public boolean isAtomic() {
      return true;
    }

    @Override
    public boolean hasChanged() {
      return changed;
    }

    @Override
    public Optional<String> problem() {
      return problem;
    }

    @Override
    public void close() {
      closed = true;
    }

    private Path directory() {
      return directory;
    }
  }

  private record ServedVersion(Served source, String version) implements ModelVersion {
    @Override
    public String location() {
      return "net " + version;
    }

    @Override
    public ModelSpec describe() {
      return ModelSpec.served(
          source.directory(), "net", Optional.of(version), "hash of " + version);
    }

    @Override
    public List<TeacherModel> load(TeacherLoader loader, ModelSpec spec) {
      if (source.loadsUntilThere.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        throw new TeacherUnavailableException("away");
      }
      return List.of(new FakeTeacherModel(identity(version), 4, spec.output(), 0, 1));
    }
  }
}
