package io.stillstream.runtime.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gauges {@code stillstream.last.stable.offset.lag{topic}}, how far the first open transaction
 * of a topic lies before its end, in offsets, and {@code
 * stillstream.last.stable.offset.age{topic}}, for how long it has been seen; each the largest of
 * the partitions. Brokers call the first one {@code LastStableOffsetLag}. Readers of committed
 * records cannot see it in their own lag, which ends at the last stable offset.
 *
 * <p>Both are 0 while no transaction is open: markers of ended ones lie before both ends. The lag
 * is above 0 for moments while others write. NaN while no broker answers, and for a topic that does
 * not exist. A thread and a client of its own ask for it, so nothing waits for it. They need the
 * right to describe the topic.
 */
public final class LastStableOffsetLag implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LastStableOffsetLag.class);
  private static final Duration EVERY = Duration.ofSeconds(15);
  private static final int TIMEOUT_MILLIS = 4_000;
  private static final String USE = "last-stable-offset";
  private static final String LAG = "stillstream.last.stable.offset.lag";

  private final Set<String> topics;
  private final Admin admin;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "last-stable-offset-lag");
            thread.setDaemon(true);
            return thread;
          });

  private final OpenTransactionAge transactions = new OpenTransactionAge(); // of the timer's thread

  /** By topic, of those that brokers answered for. */
  private volatile Map<String, Lag> lags = Map.of();

  private record Lag(long offsets, long ageNanos) {
    Lag max(Lag other) {
      return new Lag(Math.max(offsets, other.offsets()), Math.max(ageNanos, other.ageNanos()));
    }
  }

  private LastStableOffsetLag(
      Map<String, String> kafka, Collection<String> topics, MeterRegistry registry) {
    this.topics = Set.copyOf(topics);
    Map<String, Object> settings = new HashMap<>(KafkaSettings.admin(ClientIds.forUse(kafka, USE)));
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    admin = KafkaSettings.client(() -> Admin.create(settings));
    this.topics.forEach(topic -> register(topic, registry));
  }

  private void register(String topic, MeterRegistry registry) {
    if (registry.find(LAG).tag("topic", topic).gauge() != null) {
      return; // of another service in this process that reads the topic, too
    }
    Gauge.builder(LAG, () -> value(topic, Lag::offsets))
        .description("Offsets from the first open transaction of the topic to its end")
        .tag("topic", topic)
        .register(registry);
    TimeGauge.builder(
            "stillstream.last.stable.offset.age",
            () -> value(topic, Lag::ageNanos),
            TimeUnit.NANOSECONDS)
        .description("For how long the oldest open transaction of the topic has been seen")
        .tag("topic", topic)
        .register(registry);
  }

  /**
   * Begins to ask, now and every 15 seconds.
   *
   * @param kafka settings of the client
   * @param topics that the service reads
   * @throws StartupException if Kafka finds the settings wrong
   */
  public static LastStableOffsetLag start(
      Map<String, String> kafka, Collection<String> topics, MeterRegistry registry) {
    return start(kafka, topics, registry, EVERY);
  }

  /** The same with another pause between two questions. */
  public static LastStableOffsetLag start(
      Map<String, String> kafka,
      Collection<String> topics,
      MeterRegistry registry,
      Duration every) {
    LastStableOffsetLag lag = new LastStableOffsetLag(kafka, topics, registry);
    var unused =
        lag.timer.scheduleWithFixedDelay(lag::poll, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    return lag;
  }

  private double value(String topic, ToDoubleFunction<Lag> part) {
    Lag lag = lags.get(topic);
    return lag == null ? Double.NaN : part.applyAsDouble(lag);
  }

  private void poll() {
    try {
      lags = query();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // Whatever it is: an exception that leaves this method would be the end of all questions.
      lags = Map.of();
      LOG.atDebug().setCause(e).log("the last stable offset could not be asked for");
    }
  }

  private Map<String, Lag> query() throws InterruptedException {
    List<TopicPartition> partitions = partitions();
    // The end comes first: what commits in between makes the difference smaller, never larger.
    Map<TopicPartition, Long> ends = ends(partitions, IsolationLevel.READ_UNCOMMITTED);
    Map<TopicPartition, Long> stable = ends(partitions, IsolationLevel.READ_COMMITTED);
    stable.keySet().retainAll(ends.keySet());
    long now = System.nanoTime();
    Map<String, Lag> largest = new HashMap<>();
    stable.forEach(
        (partition, offset) -> {
          long end = ends.get(partition);
          long age = transactions.observe(partition, offset, end, now);
          largest.merge(partition.topic(), new Lag(Math.max(0, end - offset), age), Lag::max);
        });
    return largest;
  }

  /** Of the topics that exist; a topic may get more of them at any time. */
  private List<TopicPartition> partitions() throws InterruptedException {
    List<TopicPartition> partitions = new ArrayList<>();
    for (KafkaFuture<TopicDescription> future :
        admin.describeTopics(topics).topicNameValues().values()) {
      answer(future)
          .ifPresent(
              topic ->
                  topic
                      .partitions()
                      .forEach(
                          p -> partitions.add(new TopicPartition(topic.name(), p.partition()))));
    }
    return partitions;
  }

  /** Without partitions whose leader does not answer. */
  private Map<TopicPartition, Long> ends(List<TopicPartition> partitions, IsolationLevel isolation)
      throws InterruptedException {
    ListOffsetsResult result =
        admin.listOffsets(
            partitions.stream()
                .collect(Collectors.toMap(Function.identity(), p -> OffsetSpec.latest())),
            new ListOffsetsOptions(isolation));
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (TopicPartition partition : partitions) {
      answer(result.partitionResult(partition)).ifPresent(end -> ends.put(partition, end.offset()));
    }
    return ends;
  }

  private static <T> Optional<T> answer(KafkaFuture<T> future) throws InterruptedException {
    try {
      return Optional.of(future.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("no last stable offset");
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    admin.close(Duration.ZERO);
  }
}
