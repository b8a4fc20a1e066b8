package io.stillstream.runtime.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.metrics.MetricsSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceLauncherTest {
  record Config(
      @Default("ok") String behaviour,
      @Default("{host: 127.0.0.1, port: 0}") ManagementSettings management,
      MetricsSettings metrics) {}

  /** Does what its configuration says, and writes down what is done to it. */
  private final class Sample implements Service {
    private final String behaviour;
    private final CountDownLatch closed = new CountDownLatch(1);

    Sample(String behaviour) {
      this.behaviour = behaviour;
    }

    @Override
    public void start() {
      events.add("start");
      switch (behaviour) {
        case "refuses" -> throw new StartupException("teacher: there is no model directory x");
        case "bug" -> throw new IllegalArgumentException("a bug");
        default -> started.complete(null);
      }
    }

    @Override
    public Health health() {
      return Health.of();
    }

    @Override
    public void awaitStop() throws InterruptedException {
      if (behaviour.equals("dies")) {
        throw new IllegalStateException("the loop died", new ArithmeticException("by zero"));
      }
      closed.await();
    }

    @Override
    public void close() {
      if (closed.getCount() > 0) {
        events.add("close");
      }
      closed.countDown();
    }
  }

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ServiceLauncher<Config> launcher =
      launcher((c, registry) -> new Sample(c.behaviour()));
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void config() throws Exception {
    file = directory.resolve("service.yaml");
    Files.writeString(file, "behaviour: ${BEHAVIOUR:-ok}\n");
  }

  @Test
  void shouldEndWithZeroWhenStopped() throws Exception {
    // given
    CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> run("ok"));
    started.get(20, TimeUnit.SECONDS);

    // when
    launcher.stop();

    // then
    assertThat(code.get(20, TimeUnit.SECONDS)).isZero();
    assertThat(events).containsExactly("start", "close");
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void shouldShowWhichVersionRuns() throws Exception {
    // given
    CompletableFuture<MeterRegistry> meters = new CompletableFuture<>();
    ServiceLauncher<Config> measured =
        launcher(
            (config, registry) -> {
              meters.complete(registry);
              return new Sample(config.behaviour());
            });

    // when
    CompletableFuture<Integer> code =
        CompletableFuture.supplyAsync(
            () -> measured.run(new String[] {"--config", file.toString()}, Map.of()));
    started.get(20, TimeUnit.SECONDS);

    // then
    assertThat(
            meters
                .get(20, TimeUnit.SECONDS)
                .get("stillstream.build.info")
                .tags("service", "augmenter", "version", "development")
                .gauge()
                .value())
        .isEqualTo(1);
    measured.stop();
    assertThat(code.get(20, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void shouldEndWithOneWhenTheServiceDies() {
    // then
    assertThat(run("dies")).isEqualTo(1);
    assertThat(events).containsExactly("start", "close");
  }

  @Test
  void shouldEndWithOneWhenTheProgramIsWrong() {
    // then
    assertThat(run("bug")).isEqualTo(1);
    assertThat(events).containsExactly("start", "close");
  }

  @Test
  void shouldEndWithTwoAndOneLineWhenTheServiceCannotStart() {
    // then
    assertThat(run("refuses")).isEqualTo(2);
    assertThat(err.toString(UTF_8))
        .isEqualTo("augmenter: teacher: there is no model directory x" + System.lineSeparator());
    assertThat(events).containsExactly("start", "close");
  }

  @Test
  void shouldEndWithTwoWhenTheConfigurationIsWrong() throws Exception {
    // given
    Files.writeString(file, "behavior: ok\nmanagement: {port: x}\n");

    // then
    assertThat(run("ok")).isEqualTo(2);
    assertThat(err.toString(UTF_8).lines())
        .containsExactly(
            "augmenter: bad configuration " + file + ":",
            "  management.port: must be a whole number of 32 bits, was \"x\"",
            "  behavior: unknown key; did you mean behaviour?");
    assertThat(events).isEmpty();
  }

  @Test
  void shouldReadEveryFileThatIsNamed() throws Exception {
    // given
    Path second = Files.writeString(directory.resolve("second.yaml"), "behaviour: dies\n");

    // then
    assertThat(launcher.run(new String[] {"--config=" + file, "--config", "" + second}, Map.of()))
        .isEqualTo(1);
    assertThat(events).containsExactly("start", "close");
  }

  @Test
  void shouldCloseTheServiceWhenTheEndpointCannotListen() throws Exception {
    // given
    try (ServerSocket taken = new ServerSocket(0)) {
      Files.writeString(file, "management: {port: " + taken.getLocalPort() + ", host: 0.0.0.0}\n");

      // then
      assertThat(run("ok")).isEqualTo(2);
      assertThat(err.toString(UTF_8))
          .startsWith(
              "augmenter: management.port: cannot listen on 0.0.0.0:" + taken.getLocalPort());
      assertThat(events).containsExactly("close");
    }
  }

  @Test
  void shouldExplainItself() {
    // then
    assertThat(launcher.run(new String[] {"--help"}, Map.of())).isZero();
    assertThat(launcher.run(new String[] {"--version"}, Map.of())).isZero();
    assertThat(out.toString(UTF_8).lines())
        .containsExactly(
            "usage: augmenter --config FILE [--config FILE …] | --help | --version",
            "augmenter development");
  }

  @Test
  void shouldRefuseOtherArguments() {
    for (String[] args :
        new String[][] {{}, {"--conf", "x"}, {"--config"}, {"a", "b", "c"}, {"--config=a", "b"}}) {
      // when
      err.reset();
      int code = launcher.run(args, Map.of());

      // then
      assertThat(code).isEqualTo(2);
      assertThat(err.toString(UTF_8)).contains("bad arguments").contains("usage: augmenter");
    }
  }

  @Test
  void shouldNotWaitWhenNothingRuns() {
    // given
    launcher.run(new String[] {"--config=" + directory.resolve("absent.yaml")}, Map.of());

    // when
    launcher.stop();

    // then
    assertThat(err.toString(UTF_8)).contains("there is no such file");
    assertThat(events).isEmpty();
  }

  private int run(String behaviour) {
    return launcher.run(new String[] {"--config", file.toString()}, Map.of("BEHAVIOUR", behaviour));
  }

  private ServiceLauncher<Config> launcher(BiFunction<Config, MeterRegistry, Service> factory) {
    return new ServiceLauncher<>(
        "augmenter",
        Config.class,
        Config::management,
        Config::metrics,
        factory,
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8));
  }
}
