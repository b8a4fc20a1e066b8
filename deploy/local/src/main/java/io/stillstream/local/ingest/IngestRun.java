package io.stillstream.local.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.schemas.ImageEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One run over a source: everything that was not sent before, in order, at a bounded rate. */
public final class IngestRun {
  private final Map<String, String> kafka;
  private final String topic;
  private final String sourceName;
  private final double imagesPerSecond;
  private final Optional<TraceContext> trace;
  private final TaskProgress progress;

  /**
   * @param kafka settings of clients and serializer
   * @param imagesPerSecond upper bound; infinite for none
   * @param trace that all images belong to; without one each begins its own
   * @param progress is told after each image, and of images that are skipped
   */
  public IngestRun(
      Map<String, String> kafka,
      String topic,
      String sourceName,
      double imagesPerSecond,
      Optional<TraceContext> trace,
      TaskProgress progress) {
    this.kafka = kafka;
    this.topic = topic;
    this.sourceName = sourceName;
    this.imagesPerSecond = imagesPerSecond;
    this.trace = trace;
    this.progress = progress;
  }

  /** How many images were taken by the broker in this run, were there before, and were skipped. */
  public record Result(long sent, long before, long skipped) {
    /** As a line of text. */
    public String text(String topic) {
      return "%d %s sent to %s, %d %s there before, %d %s skipped"
          .formatted(
              sent,
              sent == 1 ? "image" : "images",
              topic,
              before,
              before == 1 ? "was" : "were",
              skipped,
              skipped == 1 ? "file" : "files");
    }
  }

  /**
   * Sends what is to be sent and returns when the broker has all of it.
   *
   * @param threads that read images ahead
   * @param resumeFile where the beginning is kept
   * @param resume whether to go on with the ingest that the file describes
   */
  public Result run(
      IngestSource source, int threads, Path resumeFile, boolean resume, MeterRegistry registry) {
    Set<String> before = before(resumeFile, resume);
    IngestRateLimiter pace = new IngestRateLimiter(imagesPerSecond, System::nanoTime);
    long skipped = 0;
    long done = 0;
    List<IngestItem> missing =
        source.items().stream().filter(item -> !before.contains(id(item))).toList();
    try (ImageSender sender = new ImageSender(kafka, topic, registry, trace);
        ContentPrefetcher contents = new ContentPrefetcher(missing.iterator(), threads)) {
      for (IngestItem item : missing) {
        try {
          IngestItem.Encoded image = contents.next();
          pace.await();
          sender.send(event(item, image));
        } catch (UnreadableImageException e) {
          skipped++;
          progress.warn("skipped", " " + item.name() + ": " + e.getMessage());
        }
        progress.update(++done, missing.size());
      }
      sender.flush();
      return new Result(sender.acknowledged(), before.size(), skipped);
    }
  }

  private String id(IngestItem item) {
    return sourceName + "/" + item.name();
  }

  private ImageEvent event(IngestItem item, IngestItem.Encoded image) {
    ImageEvent.Builder event =
        ImageEvent.newBuilder()
            .setImageId(id(item))
            .setSource(sourceName)
            .setCapturedAt(Instant.now())
            .setContentType(image.contentType())
            .setPayload(image.payload())
            .setLabel(item.label())
            .setMask(image.mask());
    image
        .location()
        .ifPresent(
            at ->
                event
                    .setPayloadUri(at.uri())
                    .setPayloadSize(at.size())
                    .setPayloadSha256(at.sha256()));
    return event.build();
  }

  private Set<String> before(Path resumeFile, boolean resume) {
    try (TopicReader reader = new TopicReader(kafka, topic)) {
      Optional<ResumeFile> known = resume ? ResumeFile.load(resumeFile) : Optional.empty();
      if (known.isEmpty()) {
        new ResumeFile(topic, sourceName, reader.ends()).save(resumeFile);
        return Set.of();
      }
      ResumeFile file = known.get();
      if (!file.topic().equals(topic) || !file.source().equals(sourceName)) {
        throw new StartupException(
            "--resume: the state file %s is of source %s and topic %s, not of %s and %s"
                .formatted(resumeFile, file.source(), file.topic(), sourceName, topic));
      }
      requireStillThere(file, reader.beginnings());
      Set<String> ids = new HashSet<>();
      String prefix = sourceName + "/";
      reader.readFrom(
          file.began(),
          record -> {
            String id = record.key() == null ? "" : new String(record.key(), UTF_8);
            if (id.startsWith(prefix)) {
              ids.add(id);
            }
          });
      return ids;
    }
  }

  private static void requireStillThere(ResumeFile file, Map<Integer, Long> beginnings) {
    beginnings.forEach(
        (partition, first) -> {
          if (first > file.began().getOrDefault(partition, 0L)) {
            throw new StartupException(
                "--resume: records of "
                    + file.topic()
                    + " since the start of this ingest have been deleted, so what was sent cannot"
                    + " be told; leave --resume out to send everything again");
          }
        });
  }
}
