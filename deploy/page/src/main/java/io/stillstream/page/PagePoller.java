package io.stillstream.page;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.page.image.ImageSampler;
import io.stillstream.page.progress.CurveHistory;
import io.stillstream.page.progress.CurveMarker;
import io.stillstream.page.progress.CurvePoint;
import io.stillstream.page.progress.JsonText;
import io.stillstream.page.progress.PipelineStages;
import io.stillstream.page.progress.RecentMarkers;
import io.stillstream.page.progress.StageProgress;
import io.stillstream.page.topic.PageTopics;
import io.stillstream.page.trainer.ReleaseSummary;
import io.stillstream.page.trainer.TrainerQueries;
import io.stillstream.page.trainer.TrainingStatus;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread behind the page. Once a second it adds a point to the curves; all other work is done
 * only while the page has readers. What fails is tried again a second later.
 */
final class PagePoller implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PagePoller.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration CONFUSION = Duration.ofSeconds(5);
  private static final Duration RELEASES = Duration.ofSeconds(2);

  private final TrainerQueries training;
  private final PageBroadcaster board;
  private final CurveHistory history;
  private final RecentMarkers markers;
  private final PipelineStages stages;
  private final Supplier<TopicScanner> open;
  private final InstantSource clock;
  private final CountDownLatch stopping;
  private final DutyCycleLimiter samples;
  private final DutyCycleLimiter confusions = new DutyCycleLimiter(CONFUSION.toNanos());
  private final DutyCycleLimiter lists = new DutyCycleLimiter(RELEASES.toNanos());
  private TopicScanner topics;
  private List<ReleaseSummary> releases = List.of();
  private String trouble = "";
  private boolean counted;

  /**
   * @param open makes the watch over the topics, when it is first needed
   * @param stopping ends it, together with an interrupt
   */
  PagePoller(
      PageSettings settings,
      PageTopics names,
      TrainerQueries training,
      MeterRegistry meters,
      PageBroadcaster board,
      CurveHistory history,
      RecentMarkers markers,
      Supplier<TopicScanner> open,
      InstantSource clock,
      CountDownLatch stopping) {
    this.training = training;
    this.board = board;
    this.history = history;
    this.markers = markers;
    this.stages = new PipelineStages(names, meters);
    this.open = open;
    this.clock = clock;
    this.stopping = stopping;
    this.samples = new DutyCycleLimiter(settings.sampleEvery().toNanos());
  }

  @Override
  public void run() {
    try {
      long next = System.nanoTime();
      while (!stopping.await(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        poll();
        // After a long turn the next one starts a second later; missed turns are not repeated.
        next = Math.max(next + TURN.toNanos(), System.nanoTime());
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.atDebug().log("the page was told to stop");
    } finally {
      Thread.interrupted();
      if (topics != null) {
        topics.close();
      }
    }
  }

  private void poll() throws InterruptedException {
    try {
      long now = clock.millis();
      TrainingStatus standing = training.standing();
      CurvePoint point = CurvePoint.of(now, standing);
      history.add(point);
      // Once in any case: what the topics held before is what counters go on from.
      if (board.hasSubscribers() || !counted) {
        update(now, standing, point);
      }
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      logFailure("the page could not look", e);
    }
  }

  private void update(long now, TrainingStatus standing, CurvePoint point)
      throws InterruptedException {
    Optional<Map<TopicPartition, Long>> ends = ends();
    counted |= ends.isPresent();
    stages.update(now, ends, standing);
    lookForReleases();
    board.publish("tick", tick(now, standing, point, ends.isPresent()));
    if (!board.hasSubscribers()) {
      return;
    }
    showConfusion();
    if (ends.isPresent()) {
      lookAtTopics(ends.get());
    }
  }

  /** Empty if no broker answers. */
  private Optional<Map<TopicPartition, Long>> ends() {
    try {
      if (topics == null) {
        topics = open.get();
      }
      return Optional.of(topics.ends());
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | StartupException e) {
      logFailure("the page finds no broker", e);
      return Optional.empty();
    }
  }

  private Map<String, Object> tick(
      long now, TrainingStatus standing, CurvePoint point, boolean connected) {
    Optional<ReleaseSummary> champion =
        releases.stream().filter(ReleaseSummary::current).findFirst();
    StageProgress.Snapshot letters = stages.deadLetters();
    Map<String, Object> student = new LinkedHashMap<>();
    student.put("steps", standing.steps());
    student.put("viewsSeen", standing.viewsSeen());
    student.put("buffered", JsonText.whole(standing.buffered()));
    student.put("lagRecords", JsonText.whole(standing.lag()));
    Map<String, Object> dead = new LinkedHashMap<>();
    dead.put("records", letters.records());
    dead.put("perSecond", letters.perSecond());
    Map<String, Object> tick = new LinkedHashMap<>();
    tick.put("time", now);
    tick.put("broker", connected ? "up" : "away");
    tick.put("stages", stages.facts(now, standing, champion));
    tick.put("deadLetters", dead);
    tick.put("point", point.json());
    tick.put("student", student);
    return tick;
  }

  private void lookForReleases() {
    long start = System.nanoTime();
    if (!lists.isDue(start)) {
      return;
    }
    try {
      List<ReleaseSummary> found = training.releases();
      if (!found.equals(releases)) {
        releases = found;
        found.forEach(release -> mark(CurveMarker.of(release)));
        board.publish("releases", Map.of("releases", found));
      }
    } catch (IOException e) {
      logFailure("the page cannot read the releases", e);
    }
    lists.record(start, System.nanoTime() - start);
  }

  private void showConfusion() {
    long start = System.nanoTime();
    if (confusions.isDue(start)) {
      training
          .confusion()
          .ifPresent(
              counts -> {
                board.publish("confusion", Map.of("classes", training.classes(), "counts", counts));
                confusions.record(start, 0);
              });
    }
  }

  private void lookAtTopics(Map<TopicPartition, Long> ends) throws InterruptedException {
    try {
      topics.markers(ends).forEach(this::mark);
      if (topics.pollDeadLetters(ends)) {
        board.publish("deadLetters", Map.of("letters", topics.deadLetters()));
      }
      sample(ends);
    } catch (InterruptException e) {
      throw e;
    } catch (RegistryUnavailableException e) {
      logFailure("the page finds no registry", e);
    } catch (KafkaException e) {
      logFailure("the page cannot look into a topic", e);
    }
  }

  private void mark(CurveMarker marker) {
    if (markers.add(marker)) {
      board.publish("marker", marker);
    }
  }

  private void sample(Map<TopicPartition, Long> ends) throws InterruptedException {
    long start = System.nanoTime();
    if (!samples.isDue(start)) {
      return;
    }
    ImageSampler sampler = topics.sampler();
    long cpu = THREADS.getCurrentThreadCpuTime() + sampler.predictNanos();
    try {
      if (sampler.sample(ends)) {
        stages.ages(sampler.ages());
        board.publish("strip", Map.of("images", sampler.images()));
      }
    } finally {
      samples.record(start, THREADS.getCurrentThreadCpuTime() + sampler.predictNanos() - cpu);
    }
  }

  /** Once for each reason: it comes again every second. */
  private void logFailure(String what, Exception e) {
    String reason = what + ": " + e;
    if (!reason.equals(trouble)) {
      trouble = reason;
      LOG.atWarn().addKeyValue("cause", e.toString()).log(what);
    }
  }
}
