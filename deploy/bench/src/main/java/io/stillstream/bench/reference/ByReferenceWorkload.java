package io.stillstream.bench.reference;

import io.stillstream.bench.comparison.Workload;
import io.stillstream.bench.comparison.WorkloadResult;
import io.stillstream.bench.reference.ByReferenceTestbed.MeasuredAugmenter;
import io.stillstream.embedded.process.MetricsScrape;
import io.stillstream.runtime.config.StartupException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An augmenter works on a number of images, all of which become readable at one moment, and has
 * nothing else to do before and after. A turn lasts from that moment until the last image is done.
 */
final class ByReferenceWorkload implements Workload {
  private static final String IMAGES = "augmenter_images_total";
  private static final String REJECTED = "augmenter_rejected_total";
  private static final Duration STALLED = Duration.ofMinutes(2);

  /** Reading all metrics takes the augmenter some milliseconds, so that it is asked seldom. */
  private static final long PAUSE_MILLIS = 500;

  /** Near the end often, as the length of the turn depends on it. */
  private static final long LAST_PAUSE_MILLIS = 50;

  private static final double LAST_PART = 0.05;

  private final ByReferenceTestbed testbed;
  private final MeasuredAugmenter augmenter;
  private final KafkaImageBatch batch;
  private final List<byte[]> events;
  private final int count;
  private final ByReferenceUsage usage;

  /**
   * @param augmenter which has nothing else to do
   * @param events used over and over
   * @param count images of a turn
   * @param warmUps turns whose processor time does not count
   */
  ByReferenceWorkload(
      ByReferenceTestbed testbed,
      MeasuredAugmenter augmenter,
      KafkaImageBatch batch,
      List<byte[]> events,
      int count,
      int warmUps) {
    this.testbed = testbed;
    this.augmenter = augmenter;
    this.batch = batch;
    this.events = events;
    this.count = count;
    this.usage = new ByReferenceUsage(warmUps);
  }

  ByReferenceUsage usage() {
    return usage;
  }

  /**
   * One turn.
   *
   * @param time has no influence: a turn has a number of images
   * @throws StartupException if an image is rejected, or the augmenter makes no progress
   */
  @Override
  public WorkloadResult run(Duration time) {
    batch.send(augmenter.images(), events, count);
    double target = metrics().sum(IMAGES) + count;
    ProcessorTimes before = testbed.processorTimes(augmenter);
    long begin = System.nanoTime();
    batch.commit();
    await(target);
    long wall = System.nanoTime() - begin;
    ProcessorTimes spent = testbed.processorTimes(augmenter).minus(before);
    usage.add(count, spent);
    return new WorkloadResult(count, spent.augmenter(), wall);
  }

  private void await(double target) {
    double done = -1;
    long progress = System.nanoTime();
    while (done < target) {
      augmenter.service().process().requireAlive();
      MetricsScrape scrape = metrics();
      usage.sample(augmenter.service().process().residentBytes(), scrape);
      if (scrape.sum(REJECTED) > 0) {
        throw new StartupException("the augmenter has rejected images; its dead letters say why");
      }
      double now = scrape.sum(IMAGES);
      if (now > done) {
        done = now;
        progress = System.nanoTime();
      } else if (System.nanoTime() - progress > STALLED.toNanos()) {
        throw new StartupException(
            "the augmenter has done nothing for two minutes: " + augmenter.service().health());
      }
      pause(target - done > LAST_PART * count ? PAUSE_MILLIS : LAST_PAUSE_MILLIS);
    }
  }

  private MetricsScrape metrics() {
    MetricsScrape scrape = augmenter.service().metrics();
    if (!scrape.has(IMAGES)) {
      throw new StartupException("the augmenter does not answer with its metrics");
    }
    return scrape;
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }
}
