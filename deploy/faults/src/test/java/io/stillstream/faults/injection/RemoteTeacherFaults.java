package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.containers.inference.MlServerProcess;
import io.stillstream.containers.inference.OipServerProcess;
import io.stillstream.containers.inference.RepositoryModel;
import io.stillstream.containers.inference.TritonServerProcess;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.audit.RemoteLabelAudit;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.Fault.Injection;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.experiment.RandomSeed;
import io.stillstream.faults.input.RecordKind;
import io.stillstream.faults.pipeline.FaultSettingsFiles;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** The teacher is a model on a server of the Open Inference Protocol, to which things happen. */
final class RemoteTeacherFaults {
  private static final String ONE_BY_ONE = "remote-teacher";
  private static final String AT_RANDOM = "remote-teacher-random";
  private static final int RATE = 50;

  /** Of the images of the random kills, in percent: 5,200 make 20,000 views, since 2 % are bad. */
  private static final int SHARE = 52;

  private static final int LEAST_MILLIS = 500;
  private static final int MOST_MILLIS = 4_000;

  private RemoteTeacherFaults() {}

  static List<Fault> all() {
    return List.of(
        fault(
            ONE_BY_ONE,
            "the teacher is on MLServer, which is killed, and is away for a minute in which the"
                + " labeler is killed and started again; hangs; and changes to a newer version",
            RemoteTeacherFaults::oneByOne),
        fault(
            AT_RANDOM,
            "5,200 images, 2 % of them bad, with the teacher on Triton, while the labeler is"
                + " killed, and Triton is killed, restarted, hangs or changes its version at random",
            RemoteTeacherFaults::atRandom));
  }

  private static Fault fault(String name, String what, Injection injection) {
    return new Fault(
        name,
        what,
        false,
        Optional.empty(),
        Optional.of(ExternalTool.INFERENCE_SERVERS),
        injection);
  }

  private static String oneByOne(FaultExperiment experiment) {
    PipelineUnderTest pipeline = experiment.pipeline();
    ServiceProcess labeler = pipeline.labeler();
    try (OipServerProcess server =
        new MlServerProcess(directory(experiment, "mlserver"), model(ONE_BY_ONE))) {
      long before = begin(experiment, server);
      server.kill();
      awaitAway(labeler, server);
      labeler.process().kill();
      labeler.process().start();
      labeler.process().runFor(experiment.scale().away());
      awaitAway(labeler, server);
      server.start();
      pipeline.awaitReady();
      experiment.awaitTraining();

      server.suspend();
      awaitAway(labeler, server);
      labeler.process().runFor(experiment.scale().freeze());
      server.resume();
      pipeline.awaitReady();
      experiment.awaitTraining();

      server.serve(server.model().withVersion(2));
      await("version 2 labels")
          .until(() -> labeler.metrics().sum("teacher_model_info", "version=\"2\"") == 1);
      return "not ready without it, live; " + end(experiment, server, before);
    }
  }

  private static String atRandom(FaultExperiment experiment) {
    long seed = RandomSeed.next();
    Random random = new Random(seed);
    ServiceProcess labeler = experiment.pipeline().labeler();
    Map<String, Integer> events = new TreeMap<>();
    try (OipServerProcess server =
        new TritonServerProcess(directory(experiment, "triton"), model(AT_RANDOM))) {
      long before = begin(experiment, server);
      Map<String, Runnable> all = new LinkedHashMap<>();
      all.put("labeler killed", () -> again(labeler));
      all.put(
          "Triton killed",
          () -> {
            server.kill();
            server.start();
          });
      all.put(
          "restarted",
          () -> {
            server.stop();
            server.start();
          });
      all.put(
          "hung",
          () -> {
            server.suspend();
            pause(labeler, random);
            server.resume();
          });
      all.put(
          "new version",
          () -> server.serve(server.model().withVersion(server.model().version() + 1)));
      experiment.sender().stop();
      long first = experiment.sender().count();
      experiment.sender().start(RATE);
      // Each happens once at least, in an order of chance; after that it is chance alone.
      List<String> order = new ArrayList<>(all.keySet());
      Collections.shuffle(order, random);
      int images = experiment.scale().images() * SHARE / 100;
      for (int i = 0; i < order.size() || experiment.sender().count() - first < images; i++) {
        String event = order.get(i < order.size() ? i : random.nextInt(order.size()));
        all.get(event).run();
        events.merge(event, 1, Integer::sum);
        pause(labeler, random);
        experiment.pipeline().restartDead();
      }
      return "%s (seed %d); %s".formatted(events, seed, end(experiment, server, before));
    }
  }

  /**
   * Starts the server, and the labeler with it as its teacher.
   *
   * @return good images that had been sent by then
   */
  private static long begin(FaultExperiment experiment, OipServerProcess server) {
    PipelineUnderTest pipeline = experiment.pipeline();
    server.start();
    pipeline.labeler().process().terminate();
    pipeline
        .files()
        .labelerWith(
            "{path: \"%s\", url: \"%s\", model: %s, timeout: 2s}"
                .formatted(description(experiment), server.grpcUrl(), server.model().name()));
    pipeline.labeler().process().start();
    pipeline.awaitReady();
    experiment.awaitTraining();
    return goodImages(experiment);
  }

  /**
   * Waits until all is labelled, looks at the labels, and has the usual teacher again.
   *
   * @param before good images after which the server has labelled all
   */
  private static String end(FaultExperiment experiment, OipServerProcess server, long before) {
    PipelineUnderTest pipeline = experiment.pipeline();
    experiment.markRecovered();
    experiment.sender().stop();
    experiment.awaitSaved();
    Map<Integer, Long> labels = RemoteLabelAudit.labels(pipeline.clients(), server.model());
    long total = labels.values().stream().mapToLong(Long::longValue).sum();
    long least = FaultSettingsFiles.VIEWS * (goodImages(experiment) - before);
    if (total < least) {
      throw new AssertionError("the server labelled %d of %d views".formatted(total, least));
    }
    pipeline.labeler().process().terminate();
    pipeline.files().labeler();
    pipeline.labeler().process().start();
    experiment.sender().start(experiment.scale().rate());
    return "%d views labelled, by each version: %s".formatted(total, labels);
  }

  private static long goodImages(FaultExperiment experiment) {
    return experiment.sender().sent().values().stream()
        .filter(kind -> kind == RecordKind.GOOD)
        .count();
  }

  private static void awaitAway(ServiceProcess labeler, OipServerProcess server) {
    await("the labeler is live, and not ready for want of its teacher")
        .until(
            () ->
                labeler.health().contains(server.model().name() + ": ")
                    && !labeler.isReady()
                    && labeler.isLive().equals(Optional.of(true)));
  }

  private static void again(ServiceProcess labeler) {
    if (labeler.process().isAlive()) {
      labeler.process().kill();
      labeler.process().start();
    }
  }

  private static void pause(ServiceProcess labeler, Random random) {
    int millis = LEAST_MILLIS + random.nextInt(MOST_MILLIS - LEAST_MILLIS);
    labeler.process().runFor(Duration.ofMillis(millis));
  }

  /** A name of its own for each fault, by which its labels are known. */
  private static RepositoryModel model(String fault) {
    return RepositoryModel.ofPixels(fault, 28, 28, 1);
  }

  private static Path directory(FaultExperiment experiment, String name) {
    return experiment.pipeline().files().directory().resolve(name);
  }

  private static Path description(FaultExperiment experiment) {
    Path directory = directory(experiment, "remote-teacher");
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve("teacher.yaml"),
          """
          name: described
          version: "0"
          input: {height: 28, width: 28, channels: 1, type: uint8}
          classes: [T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot]
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return directory;
  }
}
