package io.stillstream.bench.trainer;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.bench.input.SettingsOverrides;
import io.stillstream.bench.input.SyntheticImages;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.offline.OfflineTrainer;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * What feeding costs a student of large pictures: JPEG views, decoded by the training thread itself
 * and by threads beside it, turn by turn. A turn is one batch.
 */
final class FeedBenchmark {
  private static final double TARGET = 0.05;
  private static final int PICTURES = 256;
  private static final int VIEWS = 4;
  private static final String WAIT = "student.decode.wait";

  private final ModelSpec student;
  private final Map<String, String> settings;
  private final BenchmarkReport report;
  private final PrintWriter out;
  private final List<ByteBuffer> files = new ArrayList<>();
  private long image;

  /**
   * @param settings of the trainer that are to be other than its defaults
   */
  FeedBenchmark(
      ModelSpec student, Map<String, String> settings, BenchmarkReport report, PrintWriter out) {
    this.student = student;
    this.settings = settings;
    this.report = report;
    this.out = out;
  }

  /**
   * What one side reached.
   *
   * @param threads that decode
   * @param viewsPerSecond trained on, once or again
   * @param share of its time that the training thread waits for decoding, or decodes itself
   */
  private record FeedResult(int threads, double viewsPerSecond, double share) {
    Map<String, Object> fields() {
      return Map.of("threads", threads, "views_per_second", viewsPerSecond, "share", share);
    }
  }

  /** One way to decode. */
  private final class Contender implements AutoCloseable {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TrainerConfig config;
    private final OfflineTrainer trainer;
    private List<LabeledView> next;
    private double seconds;
    private double waited;
    private long views;

    Contender(Path directory, Map<String, String> more) {
      Map<String, String> all = new LinkedHashMap<>();
      all.put("batch.accumulate", "8");
      all.putAll(settings);
      all.putAll(more);
      String yaml =
          "kafka: {}\nstudent: \"%s\"\ndirectory: \"%s\"\n".formatted(student.file(), directory);
      config = YamlSettings.parse(SettingsOverrides.with(yaml, all), TrainerConfig.class, Map.of());
      trainer = OfflineTrainer.open(config, meters);
    }

    private double waited() {
      return meters.get(WAIT).timer().totalTime(TimeUnit.SECONDS);
    }

    int threads() {
      return config.decode().threads(Runtime.getRuntime().availableProcessors());
    }

    void turn(boolean counts) {
      if (next == null) {
        announce();
      }
      List<LabeledView> batch = next;
      announce();
      double before = waited();
      long start = System.nanoTime();
      int steps = trainer.train(batch).size();
      if (counts) {
        seconds += (System.nanoTime() - start) / 1e9;
        waited += waited() - before;
        views += (long) steps * batch.size();
      }
    }

    private void announce() {
      next = batch(config.batch().size());
      trainer.announce(next);
    }

    FeedResult result() {
      return new FeedResult(threads(), views / seconds, waited / seconds);
    }

    @Override
    public void close() {
      trainer.close();
    }
  }

  /**
   * Trains, and prints what it saw.
   *
   * @param turns of each side that count
   * @param warmUp turns of each side before
   */
  void run(Path directory, int turns, int warmUp) {
    for (int number = 0; number < PICTURES; number++) {
      byte[] pixels =
          SyntheticImages.image(student.height(), student.width(), student.channels(), number);
      files.add(
          PixelCodec.encode(
              PixelEncoding.JPEG, student.height(), student.width(), student.channels(), pixels));
    }
    try (Contender alone =
            new Contender(directory.resolve("alone"), Map.of("decode.threads", "0"));
        Contender ahead = new Contender(directory.resolve("ahead"), Map.of())) {
      for (int turn = -warmUp; turn < turns; turn++) {
        alone.turn(turn >= 0);
        ahead.turn(turn >= 0);
      }
      print(alone.result(), ahead.result());
    }
  }

  private void print(FeedResult alone, FeedResult ahead) {
    double bytes = files.stream().mapToInt(ByteBuffer::remaining).average().orElseThrow();
    out.printf(Locale.ROOT, "JPEG views of %.1f KB, each use counted:%n", bytes / 1024);
    for (FeedResult side : List.of(alone, ahead)) {
      out.printf(
          Locale.ROOT,
          "%d decode threads: %.1f views/s, %.1f %% of the training thread waits or decodes%n",
          side.threads,
          side.viewsPerSecond,
          100 * side.share);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("alone", alone.fields());
    fields.put("ahead", ahead.fields());
    fields.put("view_bytes", Math.round(bytes));
    fields.put("target", TARGET);
    fields.put("at", "most");
    fields.put("met", ahead.share <= TARGET);
    report.result("feed", fields);
  }

  private List<LabeledView> batch(int size) {
    List<LabeledView> views = new ArrayList<>(size);
    for (int i = 0; i < size; i++, image++) {
      views.add(view(image));
    }
    return views;
  }

  /** With answers by chance: what is learned costs the same. */
  private LabeledView view(long number) {
    int classes = student.classes().size();
    Random random = new Random(number);
    float[] logits = new float[classes];
    for (int k = 0; k < classes; k++) {
      logits[k] = random.nextFloat();
    }
    long source = number / VIEWS;
    AugmentedView view =
        new AugmentedView(
            new Lineage(
                "images",
                0,
                source,
                "image-" + source,
                (int) (number % VIEWS),
                VIEWS,
                number,
                "",
                null,
                null),
            new Recipe(1, List.of(), null),
            PixelEncoding.JPEG,
            student.height(),
            student.width(),
            student.channels(),
            files.get((int) (number % files.size())),
            new Label((int) (source % classes), null, 1.0),
            null,
            Instant.EPOCH,
            Instant.EPOCH);
    return LabeledAnswers.labeled(
        LabeledAnswers.passedOver(view, Instant.EPOCH).getView(),
        List.of(),
        logits,
        student.output(),
        OptionalInt.empty(),
        Instant.EPOCH);
  }
}
