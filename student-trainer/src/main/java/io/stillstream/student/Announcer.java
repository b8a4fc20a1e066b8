package io.stillstream.student;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.RecordWriter;
import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.wire.RegistryUnavailableException;
import io.stillstream.student.release.Releases;
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
  private final InstantSource clock;
  private StudentProgress unsent;

  Announcer(
      TrainerConfig.TopicNames topics,
      RecordWriter<Object> writer,
      Outbox outbox,
      Releases releases,
      InstantSource clock) {
    this.topics = topics;
    this.writer = writer;
    this.outbox = outbox;
    this.releases = releases;
    this.clock = clock;
  }

  /** Sends the event of a release, unless a broker has it already. What fails is tried again. */
  void announce(long version) throws IOException, InterruptedException {
    Optional<StudentRelease> event = releases.unannounced(version);
    if (event.isEmpty()) {
      return;
    }
    try {
      byte[] key = event.get().getStudent().getBytes(UTF_8);
      byte[] value = writer.write(topics.studentReleases(), event.get());
      if (outbox.send(topics.studentReleases(), key, value)) {
        releases.announced(version);
        LOG.atInfo().addKeyValue("version", version).log("Release is announced");
        return;
      }
    } catch (RegistryUnavailableException e) {
      LOG.atDebug().addKeyValue("cause", e.getMessage()).log("Registry is away");
    }
    LOG.atWarn().addKeyValue("version", version).log("Release is not announced yet");
  }

  /** Says how far the student is from its teacher, if anything is known of it. */
  void progress(String student, long step, long viewsSeen, PrequentialWindow window) {
    if (window.agreement().isEmpty()) {
      return;
    }
    StudentProgress progress =
        StudentProgress.newBuilder()
            .setStudent(student)
            .setStep(step)
            .setViewsSeen(viewsSeen)
            .setWindowImages(window.size())
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
