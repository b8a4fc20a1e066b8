package io.stillstream.augmenter.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.metrics.MicrometerAugmenterMetrics;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RegistryRetryTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CountDownLatch closing = new CountDownLatch(1);

  @Test
  void shouldRetryUntilTheRegistryIsAvailable() {
    // given
    RegistryRetry registryRetry = retryFor(Duration.ofSeconds(30));
    AtomicInteger calls = new AtomicInteger();

    // when
    String result =
        registryRetry.call(
            () -> {
              if (calls.incrementAndGet() < 3) {
                throw new RegistryUnavailableException("unavailable");
              }
              assertThat(registryRetry.isWaiting()).isTrue();
              assertThat(meters.get("augmenter.registry.waiting").gauge().value()).isEqualTo(1);
              return "here";
            });

    // then
    assertThat(result).isEqualTo("here");
    assertThat(registryRetry.isWaiting()).isFalse();
    assertThat(meters.get("augmenter.registry.waiting").gauge().value()).isZero();
  }

  @Test
  void shouldGiveUpAtTheLimit() {
    // given
    RegistryRetry registryRetry = retryFor(Duration.ofMillis(1));

    // then
    assertThatThrownBy(() -> registryRetry.call(RegistryRetryTest::unavailable))
        .isInstanceOf(RegistryUnavailableException.class);
    assertThat(registryRetry.isWaiting()).isFalse();
  }

  @Test
  void shouldGiveUpWhenTheServiceCloses() {
    // given
    RegistryRetry registryRetry = retryFor(Duration.ofDays(1));
    closing.countDown();

    // then: at once
    assertThatThrownBy(() -> registryRetry.call(RegistryRetryTest::unavailable))
        .isInstanceOf(RegistryUnavailableException.class);
  }

  private RegistryRetry retryFor(Duration limit) {
    return new RegistryRetry(
        limit, closing, new MicrometerAugmenterMetrics(meters, RecordAugmenter.reasons()));
  }

  private static String unavailable() {
    throw new RegistryUnavailableException("unavailable");
  }
}
