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
 * Publishes releases, until a broker has acknowledged them, and progress. Only {@link #await} waits
 * for brokers. Belongs to the loop's thread.
 */
public final class ReleasePublisher {
  private static final Logger LOG = LoggerFactory.getLogger(ReleasePublisher.class);

  private final TrainerTopics topics;
  private final AsyncRecordSender sender;
  private final ReleaseWriter writer;
  private final Replica replica;
  private final Predicate<StudentRelease> isLatest;
  private final ReleaseRunReporter runs;
  private final InstantSource clock;

  /** By version. */
  private final NavigableMap<Long, AsyncRecordSender.SendResult> underWay = new TreeMap<>();

  /**
   * What of the replica a promotion by a person waits for, so that no trainer sends it that lost.
   */
  private long needed = 1;

  /** Whether a promotion may be left from an earlier run, and its event may have been sent then. */
  private boolean isLeftOver = true;

  /** A release that waits for its copy; null if none does. */
  private StudentRelease held;

  private boolean isHeldPromoted;

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
    this.replica = replica;
    this.isLatest = isLatest;
    this.runs = runs;
    this.clock = clock;
  }

  /**
   * Sends the record of a champion, unless a broker has it, it is being sent, or the copy that its
   * URI names does not exist yet. To be called again until it is delivered.
   */
  public void publish(long version) throws IOException {
    confirmDeliveries();
    Optional<StudentRelease> event = writer.unannounced(version);
    held = null;
    if (event.isEmpty() || underWay.containsKey(version)) {
      return;
    }
    StudentRelease release = event.get();
    boolean isPromoted = writer.isPromoted(version);
    if (isPromoted && isLeftOver && isLatest.test(release)) {
      writer.announced(version);
      return;
    }
    isLeftOver = false;
    if (isReady(release, isPromoted)) {
      release.setUri(uri(release).orElseThrow());
      sender
          .offer(topics.studentReleases(), release.getStudent().getBytes(UTF_8), release)
          .ifPresent(sent -> underWay.put(version, sent));
    } else {
      LOG.atDebug().addKeyValue("version", version).log("Release is not in the object store yet");
      held = release;
      isHeldPromoted = isPromoted;
    }
  }

  private boolean isReady(StudentRelease release, boolean isPromoted) {
    return uri(release).isPresent() && (!isPromoted || replica.isConfirmed(needed));
  }

  private Optional<String> uri(StudentRelease release) {
    return replica.uri(release.getVersion(), release.getSha256(), release.getUri());
  }

  /** Whether a release waited for its copy, which is there now. */
  public boolean isHeldReady() {
    return held != null && isReady(held, isHeldPromoted);
  }

  /**
   * A person has chosen another champion: its event is to be sent after all others, also if it was
   * sent before, when the next checkpoint is copied.
   */
  public void promoted() {
    underWay.clear();
    isLeftOver = false;
    needed = Long.MAX_VALUE;
  }

  /**
   * A checkpoint is durable.
   *
   * @param champion in it
   * @param copy its number in the replica
   */
  public void checkpointQueued(long champion, long copy) throws IOException {
    if (needed == Long.MAX_VALUE && writer.isPromoted(champion)) {
      needed = copy;
    }
  }

  private static StudentRelease located(StudentRelease release, Optional<String> uri) {
    uri.ifPresent(release::setUri);
    return release;
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
          runs.released(located(release.get(), uri(release.get())));
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
