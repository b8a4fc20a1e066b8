package io.stillstream.local.demo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.PersistedDemoSettings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** The demo's own pipeline, fed without end. */
final class ContinuouslyFedPipeline implements AutoCloseable {
  static final int VIEWS = 4;

  /** The demo's first release is made of fewer; the page's student answers from then on. */
  private static final long BEFORE = 2_200;

  /** Images per second after that: things move, and a browser has its share of the processor. */
  private static final long RATE = 40;

  private final Path directory;
  private final StateDirectory state;
  private final IdxLabeledImages images;
  private final DemoPipeline pipeline;
  private final ImageFeeder feeder;

  /**
   * Starts it.
   *
   * @param directory for its state
   * @param fast feed the demo's own models as fast as the trainer trains for ever; else quick ones,
   *     and only so for the beginning
   */
  ContinuouslyFedPipeline(Path directory, boolean fast) {
    this.directory = directory;
    Path home = Path.of("../..").toAbsolutePath().normalize();
    DemoSettings settings =
        new DemoSettings(
            home,
            fast
                ? new PersistedDemoSettings(
                    "classification", VIEWS, "cnn", "", 1, "", "fashion-mnist-mild", "", 1.0)
                : quick(home),
            OptionalLong.empty(),
            false,
            new DemoSettings.Ports(0, 0, 0),
            false);
    images = IdxLabeledImages.load(settings.data(), IdxLabeledImages.Split.TRAIN);
    state = StateDirectory.open(directory);
    pipeline = DemoPipeline.start(settings, state);
    feeder =
        new ImageFeeder(
            images,
            settings.dataName(),
            pipeline.clients(),
            pipeline.meters(),
            Long.MAX_VALUE,
            false,
            fast ? this::trained : slowing());
    feeder.start();
  }

  /** Models that leave a browser its share of the processor. */
  private static PersistedDemoSettings quick(Path home) {
    String teacher = home.resolve("deploy/models/fashion-mnist-mlp128").toString();
    return new PersistedDemoSettings(
        "classification", VIEWS, "mlp", "", 1, teacher, "fashion-mnist-mild", "", 1.0);
  }

  DemoPipeline pipeline() {
    return pipeline;
  }

  IdxLabeledImages images() {
    return images;
  }

  /** What a part of it died of, once one has. */
  Optional<String> failure() {
    return pipeline
        .failure()
        .or(() -> Optional.ofNullable(feeder.failure()).map(RuntimeException::toString));
  }

  @Override
  public void close() {
    try (StateDirectory held = state) {
      feeder.close();
      pipeline.close();
      assertThat(held.root()).isEqualTo(directory);
    }
  }

  private long trained() {
    return pipeline.trainer().viewsSeen() / VIEWS;
  }

  /** What is trained, and after a while as if so many images were as the clock says. */
  private LongSupplier slowing() {
    AtomicLong from = new AtomicLong();
    return () -> {
      if (from.get() == 0) {
        if (trained() < BEFORE) {
          return trained();
        }
        from.set(System.nanoTime());
      }
      return BEFORE + RATE * (System.nanoTime() - from.get()) / 1_000_000_000;
    };
  }
}
