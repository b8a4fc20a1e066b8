package io.stillstream.page;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.page.image.ImageSampler;
import io.stillstream.page.progress.CurvePoint;
import io.stillstream.page.progress.JsonText;
import io.stillstream.page.progress.PipelineStages;
import io.stillstream.page.progress.StageProgress;
import io.stillstream.page.trainer.TrainerClient;
import io.stillstream.page.trainer.TrainingStatus;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread behind the page. Once a second it adds a point to the curves. All other work is done
 * only while the page has readers, except for the first look at the topics. What fails is tried
 * again a second later.
 */
final class PagePoller implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PagePoller.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final String NO_QUEUE = "the page cannot read the images to label";

  private final PageConfig config;
  private final TrainerClient trainer;
  private final PageBroadcaster board;
  private final PipelineStages stages;
  private final CountDownLatch stopping;
  private final DutyCycleLimiter samples;
  private final FailureLog failures = new FailureLog();
  private final TrainerPoller trainerPoller;
  private final BottleneckPoller bottlenecks;
  private final CountDownLatch polled = new CountDownLatch(1);
  private TopicScanner topics;
  private volatile TrainingStatus training = TrainingStatus.UNKNOWN;
  private boolean counted;

  /**
   * @param meters of the process
   * @param stopping ends it, together with an interrupt
   */
  PagePoller(
      PageConfig config,
      TrainerClient trainer,
      MeterRegistry meters,
      PageBroadcaster board,
      CountDownLatch stopping) {
    this.config = config;
    this.trainer = trainer;
    this.board = board;
    this.stages = new PipelineStages(config.topics(), meters);
    this.stopping = stopping;
    this.trainerPoller = new TrainerPoller(trainer, board, failures);
    this.bottlenecks = new BottleneckPoller(config, meters, board);
    this.samples = new DutyCycleLimiter(config.sampleEvery().toNanos());
  }

  @Override
  public void run() {
    try {
      long next = System.nanoTime();
      while (!stopping.await(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        poll();
        polled.countDown();
        // After a long turn the next one starts a second later; missed turns are not repeated.
        next = Math.max(next + TURN.toNanos(), System.nanoTime());
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.atDebug().log("the page was told to stop");
    } finally {
      Thread.interrupted();
      bottlenecks.close();
      if (topics != null) {
        topics.close();
      }
    }
  }

  /**
   * Waits for the end of the first turn. Counters of this process continue from what the topics
   * held then, so records written before it would be counted by offsets.
   */
  void awaitFirstPoll(Duration timeout) throws InterruptedException {
    boolean unused = polled.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What the trainer answered last. For all threads. */
  TrainingStatus training() {
    return training;
  }

  private void poll() throws InterruptedException {
    try {
      long now = System.currentTimeMillis();
      training = trainerPoller.poll();
      Optional<CurvePoint> point =
          training.isKnown() ? Optional.of(CurvePoint.of(now, training)) : Optional.empty();
      point.ifPresent(board::add);
      // Also without readers until a broker has answered once: counters are added to these ends.
      if (board.hasSubscribers() || !counted) {
        update(now, point);
      }
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      failures.log("the page could not be updated", e);
    }
  }

  private void update(long now, Optional<CurvePoint> point) throws InterruptedException {
    Optional<Map<TopicPartition, Long>> ends = ends();
    counted |= ends.isPresent();
    stages.update(now, ends, training);
    trainerPoller.pollReleases();
    board.publish("tick", tick(now, point, ends.isPresent()));
    if (!board.hasSubscribers()) {
      return;
    }
    bottlenecks.poll(now, ends, training);
    trainerPoller.pollConfusion();
    trainerPoller.pollAugmentation();
    if (ends.isPresent()) {
      lookAtTopics(ends.get());
      lookAtReviews();
    }
  }

  /** Empty if no broker answers. */
  private Optional<Map<TopicPartition, Long>> ends() {
    try {
      if (topics == null) {
        topics = TopicScanner.open(config, trainer);
      }
      return Optional.of(topics.ends());
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | StartupException e) {
      failures.log("the page finds no broker", e);
      return Optional.empty();
    }
  }

  private Map<String, Object> tick(long now, Optional<CurvePoint> point, boolean connected) {
    StageProgress.Snapshot letters = stages.deadLetters();
    Map<String, Object> student = new LinkedHashMap<>();
    student.put("steps", training.steps());
    student.put("viewsSeen", training.viewsSeen());
    student.put("buffered", JsonText.whole(training.buffered()));
    student.put("lagRecords", JsonText.whole(training.lag()));
    Map<String, Object> dead = new LinkedHashMap<>();
    dead.put("records", letters.records());
    dead.put("perSecond", letters.perSecond());
    Map<String, Object> tick = new LinkedHashMap<>();
    tick.put("time", now);
    tick.put("broker", connected ? "up" : "away");
    tick.put("trainer", training.isKnown() ? "up" : "away");
    tick.put("stages", stages.facts(now, training, trainerPoller.champion()));
    tick.put("deadLetters", dead);
    tick.put("point", point.map(CurvePoint::json).orElse(null));
    tick.put("student", student);
    return tick;
  }

  private void lookAtTopics(Map<TopicPartition, Long> ends) throws InterruptedException {
    try {
      if (!training.student().isEmpty()) {
        topics.markers(ends, training.student()).forEach(board::mark);
      }
      if (topics.pollDeadLetters(ends)) {
        board.publish("deadLetters", Map.of("letters", topics.deadLetters()));
      }
      sample(ends);
    } catch (InterruptException e) {
      throw e;
    } catch (RegistryUnavailableException e) {
      failures.log("the page finds no registry", e);
    } catch (KafkaException e) {
      failures.log("the page cannot look into a topic", e);
    }
  }

  /** Its topics are optional: no other part of the page depends on them. */
  private void lookAtReviews() {
    String student = training.student();
    if (student.isEmpty()) {
      return;
    }
    try {
      topics.reviews().poll(student).ifPresent(queue -> board.publish("reviews", queue));
      failures.resolved(NO_QUEUE);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      failures.log(NO_QUEUE, e);
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
      if (sampler.sample(ends, training)) {
        stages.ages(sampler.ages());
        board.publish("strip", Map.of("images", sampler.images()));
      }
    } finally {
      samples.record(start, THREADS.getCurrentThreadCpuTime() + sampler.predictNanos() - cpu);
    }
  }
}
