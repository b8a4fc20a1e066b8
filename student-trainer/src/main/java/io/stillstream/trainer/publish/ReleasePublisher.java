package io.stillstream.trainer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.trainer.config.TrainerTopics;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.replica.Replica;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes releases, until a broker has acknowledged them, and progress. Waits for brokers in
 * {@link #await}, and once after a start that finds a promotion whose event may have been sent; for
 * a bounded time in both cases. Belongs to the loop's thread.
 */
public final class ReleasePublisher {
  private static final Logger LOG = LoggerFactory.getLogger(ReleasePublisher.class);

  private final TrainerTopics topics;
  private final AsyncRecordSender sender;
  private final ReleaseWriter writer;
  private final Predicate<StudentRelease> isLatest;
  private final ReleaseRunReporter runs;
  private final InstantSource clock;
  private final ReleaseHold hold;

  /** By version. */
  private final NavigableMap<Long, AsyncRecordSender.SendResult> underWay = new TreeMap<>();

  /** Whether a promotion may be left from an earlier run, and its event may have been sent then. */
  private boolean isLeftOver = true;

  private StudentProgress unsent;
  private Optional<AsyncRecordSender.SendResult> progress = Optional.empty();

  /**
   * @param isLatest whether the topic names a release already, as its last one of the student
   */
  public ReleasePublisher(
      TrainerTopics topics,
      AsyncRecordSender sender,
      ReleaseWriter writer,
      Replica replica,
      Predicate<StudentRelease> isLatest,
      ReleaseRunReporter runs,
      InstantSource clock) {
    this.topics = topics;
    this.sender = sender;
    this.writer = writer;
    this.isLatest = isLatest;
    this.runs = runs;
    this.clock = clock;
    this.hold = new ReleaseHold(writer, replica);
  }

  /**
   * Sends the record of a champion, unless a broker has it, it is being sent, or it has to wait for
   * a copy in the store. To be called again until it is delivered.
   */
  public void publish(long version) throws IOException {
    confirmDeliveries();
    hold.clear();
    Optional<StudentRelease> event = writer.unannounced(version);
    if (event.isEmpty() || underWay.containsKey(version)) {
      return;
    }
    if (isLeftOver && writer.isPromoted(version) && isLatest.test(event.get())) {
      writer.announced(version);
      return;
    }
    isLeftOver = false;
    Optional<StudentRelease> release = hold.admit(event.get());
    if (release.isPresent()) {
      send(release.get());
    } else {
      LOG.atDebug().addKeyValue("version", version).log("Release is not in the object store yet");
    }
  }

  private void send(StudentRelease release) {
    sender
        .offer(topics.studentReleases(), release.getStudent().getBytes(UTF_8), release)
        .ifPresent(sent -> underWay.put(release.getVersion(), sent));
  }

  /** Whether a release waited for its copy, which is there now. */
  public boolean isHeldReady() {
    return hold.isReady();
  }

  /**
   * A person has chosen another champion: its event is to be sent after all others, also if it was
   * sent before, when a checkpoint with the choice is copied.
   */
  public void promoted() {
    underWay.clear();
    isLeftOver = false;
  }

  /**
   * A checkpoint is durable, or was there at the start.
   *
   * @param champion in it
   * @param copy its number in the replica
   */
  public void checkpointQueued(long champion, long copy) {
    hold.saved(champion, copy);
  }

  /** Notes which releases a broker has acknowledged. */
  public void confirmDeliveries() throws IOException {
    for (Map.Entry<Long, AsyncRecordSender.SendResult> entry : List.copyOf(underWay.entrySet())) {
      long version = entry.getKey();
      if (!entry.getValue().isDone()) {
        continue;
      }
      if (!entry.getValue().isDelivered()) {
        LOG.atWarn().addKeyValue("version", version).log("Release is not announced yet");
      } else {
        Optional<StudentRelease> release = writer.unannounced(version);
        if (release.isPresent()) {
          runs.released(hold.located(release.get()));
          writer.announced(version);
          LOG.atInfo().addKeyValue("version", version).log("Release is announced");
        }
      }
      underWay.remove(version);
    }
  }

  /** Waits for deliveries, for a bounded time in all, and notes them. */
  public void await(Duration atMost) throws IOException {
    long deadline = System.nanoTime() + atMost.toNanos();
    for (AsyncRecordSender.SendResult sent : underWay.values()) {
      boolean unused = sent.await(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
    confirmDeliveries();
  }

  /** Sends how far the student is from its teacher, if that is known. */
  public void progress(TrainingSession session) {
    PrequentialTracker window = session.recent();
    if (window.agreement().isEmpty()) {
      return;
    }
    unsent =
        StudentProgress.newBuilder()
            .setStudent(session.initialState().student())
            .setStep(session.training().steps())
            .setViewsSeen(session.training().viewsSeen())
            .setWindowImages(window.taught())
            .setDisagreement(1 - window.agreement().getAsDouble())
            .setAccuracy(
                window.studentAccuracy().isPresent()
                    ? Double.valueOf(window.studentAccuracy().getAsDouble())
                    : null)
            .setReportedAt(clock.instant())
            .build();
    progress = send();
  }

  /**
   * Sends the last progress again if it was not delivered: while the stream pauses, nothing else
   * would notice that the registry is back.
   */
  public void retryProgress() {
    if (unsent == null || progress.filter(sent -> !sent.isDone()).isPresent()) {
      return;
    }
    if (progress.filter(AsyncRecordSender.SendResult::isDelivered).isPresent()) {
      unsent = null;
    } else {
      progress = send();
    }
  }

  private Optional<AsyncRecordSender.SendResult> send() {
    return sender.offer(topics.studentProgress(), unsent.getStudent().getBytes(UTF_8), unsent);
  }
}
