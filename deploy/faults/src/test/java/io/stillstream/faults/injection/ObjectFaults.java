package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.containers.store.S3ProxyProcess;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.audit.ReferencedViewAudit;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.experiment.RandomSeed;
import io.stillstream.faults.input.ImageReferences;
import io.stillstream.faults.input.RecordKind;
import io.stillstream.faults.pipeline.FaultSettingsFiles;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Images are objects of a store, which their records name, and something happens to them. */
final class ObjectFaults {
  private static final String BUCKET = "pictures";

  /** Of each request, so that some are always in flight. */
  private static final Duration LATENCY = Duration.ofMillis(50);

  private static final Duration AWAY = Duration.ofSeconds(30);
  private static final int RATE = 100;
  private static final int MOST_WAITING = 1_000;
  private static final int LEAST_MILLIS = 500;
  private static final int MOST_MILLIS = 6_000;

  /** Of the images of the random kills. */
  private static final double SHARE_OF_KILLS = 0.5;

  private ObjectFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "objects-away",
            "images are in a store, which is killed, started again after half a minute, and hangs",
            false,
            ObjectFaults::away),
        new Fault(
            "objects-bad",
            "10,000 images in a store, of which 1 % are gone, changed, shortened, too large, or"
                + " where the augmenter may not read",
            false,
            ObjectFaults::bad),
        new Fault(
            "objects-kill",
            "5,000 images in a store, 1 % of them bad, while the augmenter is killed at random, and"
                + " now and then the store",
            true,
            ObjectFaults::kill));
  }

  private static String away(FaultExperiment experiment) {
    try (S3ProxyProcess store = store(experiment, "objects-away")) {
      ImageReferences references = begin(experiment, store, false);
      PipelineUnderTest pipeline = experiment.pipeline();
      store.kill();
      awaitAway(pipeline.augmenter());
      pipeline.augmenter().process().runFor(shorter(AWAY, experiment.scale().away()));
      awaitAway(pipeline.augmenter());
      store.start();
      pipeline.awaitReady();
      experiment.awaitTraining();

      store.freeze();
      awaitAway(pipeline.augmenter());
      pipeline.augmenter().process().runFor(experiment.scale().freeze());
      store.thaw();
      pipeline.awaitReady();
      experiment.awaitTraining();
      return "not ready without it, live; " + end(experiment, references);
    }
  }

  private static String bad(FaultExperiment experiment) {
    try (S3ProxyProcess store = store(experiment, "objects-bad")) {
      ImageReferences references = begin(experiment, store, true);
      PipelineUnderTest pipeline = experiment.pipeline();
      long first = experiment.sender().count();
      experiment.sender().stop();
      experiment.sender().start(RATE);
      while (experiment.sender().count() - first < experiment.scale().images()) {
        pipeline.augmenter().process().runFor(Duration.ofMillis(LEAST_MILLIS));
        pipeline.augmenter().process().requireAlive();
        catchUp(experiment);
      }
      return end(experiment, references);
    }
  }

  private static String kill(FaultExperiment experiment) {
    long seed = RandomSeed.next();
    Random random = new Random(seed);
    Map<String, Integer> kills = new TreeMap<>();
    try (S3ProxyProcess store = store(experiment, "objects-kill")) {
      ImageReferences references = begin(experiment, store, true);
      PipelineUnderTest pipeline = experiment.pipeline();
      long first = experiment.sender().count();
      experiment.sender().stop();
      experiment.sender().start(RATE);
      long images = Math.round(SHARE_OF_KILLS * experiment.scale().images());
      while (experiment.sender().count() - first < images) {
        boolean storeToo = random.nextInt(4) == 0;
        if (storeToo) {
          store.kill();
        }
        pipeline.augmenter().process().kill();
        pipeline.augmenter().process().start();
        kills.merge("augmenter", 1, Integer::sum);
        if (storeToo) {
          store.start();
          kills.merge("store", 1, Integer::sum);
        }
        int millis = LEAST_MILLIS + random.nextInt(MOST_MILLIS - LEAST_MILLIS);
        pipeline.trainer().process().runFor(Duration.ofMillis(millis));
        pipeline.restartDead();
        catchUp(experiment);
      }
      return "killed: %s (seed %d); %s".formatted(kills, seed, end(experiment, references));
    }
  }

  /** Sends nothing while too much waits: a machine may be slower than the images come. */
  private static void catchUp(FaultExperiment experiment) {
    long saved = CheckpointAndLedger.viewsSeen(experiment.pipeline().trainerDirectory());
    long good =
        experiment.sender().sent().values().stream()
            .filter(kind -> kind == RecordKind.GOOD)
            .count();
    if (good - saved / FaultSettingsFiles.VIEWS > MOST_WAITING) {
      experiment.sender().stop();
      experiment.awaitSaved();
      experiment.sender().start(RATE);
    }
  }

  private static S3ProxyProcess store(FaultExperiment experiment, String name) {
    Path directory = experiment.pipeline().files().directory().resolve(name);
    try {
      return S3ProxyProcess.start(directory, directory.resolve("data"), false, LATENCY);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets the augmenter read from the store, and images be there. */
  private static ImageReferences begin(
      FaultExperiment experiment, S3ProxyProcess store, boolean withBadObjects) {
    PipelineUnderTest pipeline = experiment.pipeline();
    ImageReferences references;
    try {
      references = new ImageReferences(store.createBucket(BUCKET), withBadObjects);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    pipeline.augmenter().process().terminate();
    pipeline
        .files()
        .augmenterWith(
            """
            fetch:
              allow: ["%s"]
              store: {endpoint: "%s", credentials: {access-key: %s, secret-key: %s}}
              max-bytes: %d
              timeout: 5s
            """
                .formatted(
                    references.prefix(),
                    store.endpoint(),
                    S3ProxyProcess.ACCESS_KEY,
                    S3ProxyProcess.SECRET_KEY,
                    ImageReferences.MAX_BYTES));
    pipeline.augmenter().process().start();
    pipeline.awaitReady();
    experiment.sender().useReferences(Optional.of(references));
    experiment.awaitTraining();
    return references;
  }

  /** Waits until all is done, looks at the views, and has images in their records again. */
  private static String end(FaultExperiment experiment, ImageReferences references) {
    PipelineUnderTest pipeline = experiment.pipeline();
    experiment.markRecovered();
    experiment.sender().stop();
    experiment.awaitRead();
    experiment.awaitSaved();
    Map<String, String> objects = references.checksums();
    ReferencedViewAudit.require(pipeline.clients(), objects);
    pipeline.augmenter().process().terminate();
    pipeline.files().augmenter();
    pipeline.augmenter().process().start();
    experiment.sender().useReferences(Optional.empty());
    experiment.sender().start(experiment.scale().rate());
    return "all views of %,d objects with their SHA-256%s"
        .formatted(objects.size(), badObjects(experiment));
  }

  /** How many bad objects there were since the pipeline began, by kind. */
  private static String badObjects(FaultExperiment experiment) {
    Map<String, Long> counts =
        experiment.sender().sent().values().stream()
            .filter(kind -> kind.isOfObject())
            .collect(
                Collectors.groupingBy(
                    kind -> kind.name().toLowerCase(Locale.ROOT),
                    TreeMap::new,
                    Collectors.counting()));
    return counts.isEmpty() ? "" : "; bad ones until now: " + counts;
  }

  private static void awaitAway(ServiceProcess augmenter) {
    await("the augmenter is live, and not ready for want of the store")
        .until(
            () ->
                augmenter.metrics().sum("augmenter_store_waiting") > 0
                    && !augmenter.isReady()
                    && augmenter.isLive().equals(Optional.of(true)));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
