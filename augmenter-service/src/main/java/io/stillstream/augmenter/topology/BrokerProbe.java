package io.stillstream.augmenter.topology;

import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * Asks the brokers periodically for their cluster id: Kafka Streams stays RUNNING when they are
 * unreachable.
 */
public final class BrokerProbe implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 4_000;
  private static final int PERIOD_MILLIS = 5_000;

  private final Admin admin;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "broker-probe");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean reachable = true;

  public BrokerProbe(Map<String, String> kafka) {
    Map<String, Object> settings =
        new HashMap<>(KafkaSettings.admin(ClientIds.forUse(kafka, "probe")));
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    admin = Admin.create(settings);
    var unused =
        timer.scheduleWithFixedDelay(
            this::poll, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Whether a broker answered the last request; true before the first, since the start has checked
   * it already.
   */
  public boolean reachable() {
    return reachable;
  }

  private void poll() {
    try {
      var unused = admin.describeCluster().clusterId().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      reachable = true;
    } catch (ExecutionException | TimeoutException e) {
      reachable = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    admin.close(Duration.ZERO);
  }
}
