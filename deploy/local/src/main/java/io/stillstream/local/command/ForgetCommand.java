package io.stillstream.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.local.erasure.ErasureConfirmations;
import io.stillstream.local.erasure.ErasureRequestProducer;
import io.stillstream.local.erasure.ErasureScan;
import io.stillstream.local.erasure.KnownStudents;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.objects.ObjectEraser;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.local.topics.TopicRetention;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.PayloadAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stillstream forget}. */
@Command(
    name = "forget",
    header = "Requests the erasure of an image.",
    description = {
      "Has trainers forget an image, and says of every place whether it is removed there, or when.",
      "Exit code 3: a trainer has not answered, or an object is not deleted that was to be."
    },
    footer = "  stillstream forget photos/cat/1.jpg --student cnn --wait 300 --json")
public final class ForgetCommand implements Callable<Integer> {
  /** Names of the topics behind the augmenter's stores of images end like this. */
  private static final String STORE = "-recent-images-changelog";

  @Parameters(paramLabel = "IMAGE_ID", description = "As the key of its record says it.")
  private String imageId = "";

  @Mixin private TopicsOptions topics = new TopicsOptions();

  @Option(
      names = "--student",
      split = ",",
      paramLabel = "NAME",
      description = "Whose answer is waited for; default: all that student topics know.")
  private List<String> students = new ArrayList<>();

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long trainers have to answer; default: 60.")
  private int wait = 60;

  @Option(names = "--no-scan", description = "Do not look through the topics for the image.")
  private boolean noScan;

  @Option(
      names = "--delete-objects",
      paramLabel = "FILE",
      description =
          "Delete the object of an image by reference, too; FILE: YAML with fetch, as in the"
              + " augmenter's settings, whose allow says below which prefixes that may be.")
  private Optional<Path> deleteObjects = Optional.empty();

  @Option(
      names = "--withdraw",
      description = "Take it back: trainers may learn from the image again, if it comes again.")
  private boolean withdraw;

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec;

  private final InstantSource clock = InstantSource.system();

  @Override
  public Integer call() {
    if (imageId.isBlank()) {
      throw new StartupException("IMAGE_ID must not be empty");
    }
    if (wait < 0) {
      throw new StartupException("--wait must be at least 0, was " + wait);
    }
    if (deleteObjects.isPresent() && noScan) {
      throw new StartupException(
          "--delete-objects and --no-scan exclude each other: records say where the object is");
    }
    Optional<FetchSettings> deletions = deleteObjects.map(ObjectEraser::settings);
    TopicsConfig config = topics.read();
    TopicsOptions.require(
        config,
        List.of(
            Topics.FORGOTTEN,
            Topics.STUDENT_EVENTS,
            Topics.STUDENT_PROGRESS,
            Topics.STUDENT_RELEASES));
    ImageIdHash image = ImageIdHash.of(imageId);
    String requests = config.nameOf(Topics.FORGOTTEN);
    try (TopicRetention.Reader broker = new TopicRetention.Reader(config.kafka())) {
      if (!broker.of(requests).compacts()) {
        throw new StartupException(
            requests + " must be compacted, or the request expires; see topics list");
      }
      if (withdraw) {
        new ErasureRequestProducer(config.kafka()).withdraw(requests, image);
        say("withdrawn", "trainers may learn from " + imageId + " from now on");
        return ExitCodes.OK;
      }
      boolean answered = trainers(config, image, requests);
      SortedMap<String, Set<String>> objects = topics(config, broker);
      boolean deleted = objects(objects, deletions);
      say("weights", "not unlearned: weights, releases and exported models stay as they are");
      say("files", "held-out examples, NAME.damaged checkpoints and backups are not looked at");
      return answered && deleted ? ExitCodes.OK : ExitCodes.PARTIAL;
    }
  }

  private boolean trainers(TopicsConfig config, ImageIdHash image, String requests) {
    Set<String> expected =
        students.isEmpty()
            ? KnownStudents.known(
                config.kafka(),
                List.of(
                    config.nameOf(Topics.STUDENT_PROGRESS), config.nameOf(Topics.STUDENT_RELEASES)))
            : new TreeSet<>(students);
    try (ErasureConfirmations answers =
        new ErasureConfirmations(config.kafka(), config.nameOf(Topics.STUDENT_EVENTS))) {
      String request =
          new ErasureRequestProducer(config.kafka())
              .requestErasure(requests, image, clock.instant());
      say("asked", requests + "-" + request + ", image " + image.sha256());
      if (expected.isEmpty()) {
        say("trainer", "no student is known; one that starts trains on no view of the image");
        return true;
      }
      SortedMap<String, StudentEvent> heard =
          answers.await(image, request, expected, Duration.ofSeconds(wait));
      for (String student : expected) {
        say("trainer", student, ErasureReport.answer(heard.get(student), wait));
      }
      return heard.keySet().containsAll(expected);
    }
  }

  /** Whether all are gone that were to be. */
  private boolean objects(
      SortedMap<String, Set<String>> objects, Optional<FetchSettings> deletions) {
    if (noScan) {
      say("object", "if the image is by reference, its object stays; a scan tells its address");
    }
    if (deletions.isEmpty()) {
      for (String uri : objects.keySet()) {
        say("object", PayloadAddress.shown(uri), "not erased; --delete-objects deletes it");
      }
      return true;
    }
    boolean allGone = true;
    try (ObjectEraser eraser = new ObjectEraser(deletions.get())) {
      for (Map.Entry<String, Set<String>> object : objects.entrySet()) {
        ObjectEraser.Result result = eraser.erase(object.getKey(), object.getValue());
        say("object", PayloadAddress.shown(object.getKey()), result.text());
        allGone &= result.isGone();
      }
    }
    return allGone;
  }

  /** Looks through topics; returns where the image is outside of them. */
  private SortedMap<String, Set<String>> topics(TopicsConfig config, TopicRetention.Reader broker) {
    SortedMap<String, Set<String>> objects = new TreeMap<>();
    Set<String> there = broker.topics();
    long now = clock.millis();
    for (String name : ErasureScan.TOPICS) {
      String topic = config.nameOf(name);
      if (!there.contains(topic)) {
        say("topic", topic, "does not exist");
      } else if (noScan) {
        say("topic", topic, "if it holds the image, " + broker.of(topic).until(now));
      } else {
        ErasureScan holding;
        try (TaskProgress progress = progress(topic)) {
          holding = ErasureScan.of(config.kafka(), name, topic, imageId, progress);
        }
        holding.addObjectsTo(objects);
        say("topic", topic, words(config, holding, broker.of(topic)));
      }
    }
    there.stream()
        .filter(topic -> topic.endsWith(STORE) && config.prefix().isOf(topic))
        .sorted()
        .forEach(
            topic ->
                say(
                    "store",
                    topic,
                    "not possible from outside; if the image is among the latest of its"
                        + " partition, it leaves as others come"));
    return objects;
  }

  private String words(TopicsConfig config, ErasureScan holding, TopicRetention keeping) {
    if (holding.own() + holding.mixed() == 0) {
      return "holds none";
    }
    String count = ErasureReport.count(holding);
    String until = keeping.until(holding.newestMillis());
    if (!keeping.compacts() || holding.own() == 0) {
      return count + ", not possible to remove; " + until;
    }
    new ErasureRequestProducer(config.kafka())
        .writeTombstones(holding.partitions(), imageId.getBytes(UTF_8));
    return count
        + ", tombstone written: removed when the log is compacted"
        + (holding.mixed() == 0 ? "" : ", but for the mixed ones: " + until);
  }

  private TaskProgress progress(String topic) {
    return new TaskProgress(
        TerminalWriter.of(spec.commandLine().getErr()), "records of " + topic, System::nanoTime);
  }

  private void say(String place, String text) {
    new ErasureReport(spec.commandLine().getOut(), json).say(place, text);
  }

  private void say(String place, String name, String text) {
    new ErasureReport(spec.commandLine().getOut(), json).say(place, name, text);
  }
}
