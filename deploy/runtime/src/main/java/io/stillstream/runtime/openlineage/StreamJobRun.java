package io.stillstream.runtime.openlineage;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.openlineage.LineageJob.Processing;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a {@link StreamJob}, from the start of its process to its end: START, RUNNING every
 * {@code every}, and COMPLETE or FAIL. A process that is killed ends its run with no event.
 */
public final class StreamJobRun {
  private static final Logger LOG = LoggerFactory.getLogger(StreamJobRun.class);

  private final StreamJob description;
  private final LineageJob job;
  private final TopicOffsetReader offsets;
  private final UUID id = UUID.randomUUID();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "openlineage-offsets");
            thread.setDaemon(true);
            return thread;
          });

  private StreamJobRun(StreamJob description, LineageJob job) {
    this.description = description;
    this.job = job;
    this.offsets = new TopicOffsetReader(description.kafka(), description.group());
  }

  /** Reports that the job runs, now and again and again. */
  public static StreamJobRun start(StreamJob description, MeterRegistry registry) {
    OpenLineageSettings settings = description.settings();
    StreamJobRun run =
        new StreamJobRun(
            description,
            LineageJob.open(
                settings,
                description.group(),
                Processing.STREAMING,
                registry,
                InstantSource.system()));
    long millis = settings.every().toMillis();
    run.timer.execute(() -> run.report((in, out) -> run.job.start(run.id, in, out)));
    var unused =
        run.timer.scheduleWithFixedDelay(
            () -> run.report((in, out) -> run.job.running(run.id, in, out)),
            millis,
            millis,
            TimeUnit.MILLISECONDS);
    return run;
  }

  private interface Report {
    void send(List<LineageDataset> inputs, List<LineageDataset> outputs);
  }

  private void report(Report report) {
    try {
      Map<String, Map<Integer, Long>> known =
          offsets.read(description.inputs(), description.outputs());
      List<LineageDataset> inputs = new ArrayList<>(topics(description.inputs(), known));
      inputs.addAll(description.models().get());
      report.send(inputs, topics(description.outputs(), known));
    } catch (RuntimeException e) {
      // Otherwise the timer would never call again.
      LOG.atWarn().addKeyValue("cause", e.toString()).log("A lineage event could not be made");
    }
  }

  private List<LineageDataset> topics(List<String> names, Map<String, Map<Integer, Long>> offsets) {
    String servers = description.kafka().getOrDefault("bootstrap.servers", "");
    return names.stream()
        .map(name -> LineageDataset.topic(servers, name, offsets.getOrDefault(name, Map.of())))
        .toList();
  }

  /**
   * Reports the end, and waits a few seconds until it is sent.
   *
   * @param failure why the job ended by itself; empty if it was stopped
   */
  public void end(Optional<String> failure) {
    timer.execute(
        () ->
            report(
                (in, out) ->
                    failure.ifPresentOrElse(
                        reason -> job.fail(id, in, out, reason), () -> job.complete(id, in, out))));
    timer.shutdown();
    try {
      if (!timer.awaitTermination(15, TimeUnit.SECONDS)) {
        timer.shutdownNow();
      }
    } catch (InterruptedException e) {
      timer.shutdownNow();
      Thread.currentThread().interrupt();
    }
    job.close();
  }
}
