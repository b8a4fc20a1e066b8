package io.stillstream.student;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.RecordWriter;
import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.wire.RegistryUnavailableException;
import io.stillstream.student.release.Releases;
import io.stillstream.student.store.Copies;
import io.stillstream.student.training.PrequentialWindow;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the world of releases, until somebody has heard it, and of progress, in passing. */
final class Announcer {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

  private final TrainerConfig.TopicNames topics;
  private final RecordWriter<Object> writer;
  private final Outbox outbox;
  private final Releases releases;
  private final Copies copies;
  private final InstantSource clock;
  private StudentProgress unsent;

  Announcer(
      TrainerConfig.TopicNames topics,
      RecordWriter<Object> writer,
      Outbox outbox,
      Releases releases,
      Copies copies,
      InstantSource clock) {
    this.topics = topics;
    this.writer = writer;
    this.outbox = outbox;
    this.releases = releases;
    this.copies = copies;
    this.clock = clock;
  }

  /**
   * Sends the event of a champion, unless a broker has it already, or what it is to name is not
   * there yet. What fails is tried again.
   */
  void announce(long version) throws IOException, InterruptedException {
    Optional<StudentRelease> event = releases.unannounced(version);
    if (event.isEmpty()) {
      return;
    }
    StudentRelease release = event.get();
    Optional<String> uri = copies.uri(version, release.getSha256(), release.getUri());
    if (uri.isEmpty()) {
      LOG.atDebug().addKeyValue("version", version).log("Release is not in the store yet");
      return;
    }
    release.setUri(uri.get());
    if (isSent(topics.studentReleases(), release.getStudent(), release)) {
      releases.announced(version);
      LOG.atInfo().addKeyValue("version", version).log("Release is announced");
    } else {
      LOG.atWarn().addKeyValue("version", version).log("Release is not announced yet");
    }
  }

  private boolean isSent(String topic, String student, Object event) throws InterruptedException {
    try {
      return outbox.send(topic, student.getBytes(UTF_8), writer.write(topic, event));
    } catch (RegistryUnavailableException e) {
      LOG.atDebug().addKeyValue("cause", e.getMessage()).log("Registry is away");
      return false;
    }
  }

  /** Says how far the student is from its teacher now, if anything is known of it. */
  void progress(Trainee trainee) {
    PrequentialWindow window = trainee.recent();
    if (window.agreement().isEmpty()) {
      return;
    }
    StudentProgress progress =
        StudentProgress.newBuilder()
            .setStudent(trainee.begin().student())
            .setStep(trainee.training().steps())
            .setViewsSeen(trainee.training().viewsSeen())
            .setWindowImages(window.taught())
            .setDisagreement(1 - window.agreement().getAsDouble())
            .setAccuracy(
                window.studentAccuracy().isPresent()
                    ? Double.valueOf(window.studentAccuracy().getAsDouble())
                    : null)
            .setReportedAt(clock.instant())
            .build();
    unsent = progress;
    retryProgress();
  }

  /**
   * Sends the last progress if it could not be sent: on a stream that pauses nothing else would
   * find out that the registry is back.
   */
  void retryProgress() {
    if (unsent == null) {
      return;
    }
    try {
      outbox.sendAndForget(
          topics.studentProgress(),
          unsent.getStudent().getBytes(UTF_8),
          writer.write(topics.studentProgress(), unsent));
      unsent = null;
    } catch (KafkaException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Progress was not published");
    }
  }
}
