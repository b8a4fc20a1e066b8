package io.stillstream.runtime.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** The meters that every service has. */
public final class ServiceMetrics {
  /** Up to days: where images arrive late or a backlog is worked off, that is how old they are. */
  private static final Duration[] AGES =
      Stream.of(
              10,
              25,
              50,
              100,
              250,
              500,
              1_000,
              2_500,
              5_000,
              10_000,
              30_000,
              60_000,
              300_000,
              900_000,
              3_600_000,
              21_600_000,
              86_400_000,
              259_200_000,
              604_800_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private ServiceMetrics() {}

  /** The meters of JVM and process; what is returned is to be closed before the registry. */
  static JvmGcMetrics bindProcess(MeterRegistry registry) {
    JvmGcMetrics gc = new JvmGcMetrics();
    List.<MeterBinder>of(
            gc,
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new ProcessorMetrics(),
            new FileDescriptorMetrics(),
            new UptimeMetrics())
        .forEach(binder -> binder.bindTo(registry));
    return gc;
  }

  /**
   * Publishes what a client measures itself ({@code kafka.consumer…}). Close the binding before the
   * client, and both before the registry.
   */
  public static KafkaClientMetrics bindKafka(Consumer<?, ?> consumer, MeterRegistry registry) {
    return bound(new KafkaClientMetrics(consumer), registry);
  }

  /** The same for a producer ({@code kafka.producer…}). */
  public static KafkaClientMetrics bindKafka(Producer<?, ?> producer, MeterRegistry registry) {
    return bound(new KafkaClientMetrics(producer), registry);
  }

  /** 1, with the version as a tag: dashboards show which versions run during an upgrade. */
  public static void bindBuild(MeterRegistry registry, String service, String version) {
    Gauge.builder("stillstream.build.info", () -> 1)
        .description("1, for the version that runs")
        .tag("service", service)
        .tag("version", version)
        .register(registry);
  }

  /** The histogram of {@link PipelineAgeTimer}, which takes care of what it cannot hold. */
  static Timer ageTimer(MeterRegistry registry, String stage) {
    return Timer.builder("stillstream.pipeline.age")
        .description("Time since the picture was captured, when the stage is done with it")
        .tag("stage", stage)
        .serviceLevelObjectives(AGES)
        .register(registry);
  }

  /**
   * Buckets for a duration: 1, 2.5 and 5 of each decade from the shortest, a power of ten, to the
   * longest. Three a decade are enough for a percentile on a dashboard; the percentile histogram
   * that Micrometer offers makes several times as many series.
   */
  public static Duration[] buckets(Duration shortest, Duration longest) {
    return Stream.iterate(
            shortest, decade -> decade.compareTo(longest) <= 0, d -> d.multipliedBy(10))
        .flatMap(
            decade ->
                Stream.of(10, 25, 50).map(tenths -> decade.multipliedBy(tenths).dividedBy(10)))
        .filter(bound -> bound.compareTo(longest) <= 0)
        .toArray(Duration[]::new);
  }

  private static KafkaClientMetrics bound(KafkaClientMetrics metrics, MeterRegistry registry) {
    metrics.bindTo(registry);
    return metrics;
  }
}
