package io.stillstream.augmenter.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.metrics.MicrometerAugmenterMetrics;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class DependencyRetryTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AugmenterMetrics metrics =
      new MicrometerAugmenterMetrics(meters, RecordAugmenter.reasons());
  private final CountDownLatch closing = new CountDownLatch(1);

  @Test
  void shouldRetryUntilTheRegistryIsAvailable() {
    shouldRetry(
        DependencyRetry.ofRegistry(Duration.ofSeconds(30), closing, metrics),
        new RegistryUnavailableException("unavailable"),
        "augmenter.registry.waiting");
  }

  @Test
  void shouldRetryUntilTheStoreIsAvailable() {
    shouldRetry(
        DependencyRetry.ofStore(Duration.ofSeconds(30), closing, metrics),
        new UnavailableObjectException("unavailable", null),
        "augmenter.store.waiting");
  }

  private void shouldRetry(DependencyRetry retry, RuntimeException unavailable, String gauge) {
    // given
    AtomicInteger calls = new AtomicInteger();

    // when
    String result =
        retry.call(
            () -> {
              if (calls.incrementAndGet() < 3) {
                throw unavailable;
              }
              assertThat(retry.isWaiting()).isTrue();
              assertThat(meters.get(gauge).gauge().value()).isEqualTo(1);
              return "here";
            });

    // then
    assertThat(result).isEqualTo("here");
    assertThat(retry.isWaiting()).isFalse();
    assertThat(meters.get(gauge).gauge().value()).isZero();
  }

  @Test
  void shouldGiveUpAtTheLimit() {
    // given
    DependencyRetry retry = DependencyRetry.ofRegistry(Duration.ofMillis(1), closing, metrics);

    // then
    assertThatThrownBy(() -> retry.call(DependencyRetryTest::unavailable))
        .isInstanceOf(RegistryUnavailableException.class);
    assertThat(retry.isWaiting()).isFalse();
  }

  @Test
  void shouldGiveUpWhenTheServiceCloses() {
    // given
    DependencyRetry retry = DependencyRetry.ofRegistry(Duration.ofDays(1), closing, metrics);
    closing.countDown();

    // then: at once
    assertThatThrownBy(() -> retry.call(DependencyRetryTest::unavailable))
        .isInstanceOf(RegistryUnavailableException.class);
  }

  @Test
  void shouldNotRetryWhatWaitingDoesNotCure() {
    // given
    DependencyRetry retry = DependencyRetry.ofStore(Duration.ofDays(1), closing, metrics);
    AtomicInteger calls = new AtomicInteger();

    // when: first its store is away, then it turns out that it is gone
    assertThatThrownBy(
            () ->
                retry.call(
                    () -> {
                      if (calls.incrementAndGet() == 1) {
                        throw new UnavailableObjectException("unavailable", null);
                      }
                      throw new RejectedObjectException(ObjectRejection.NOT_FOUND, "gone");
                    }))
        .isInstanceOf(RejectedObjectException.class);

    // then
    assertThat(calls).hasValue(2);
    assertThat(retry.isWaiting()).isFalse();
  }

  private static String unavailable() {
    throw new RegistryUnavailableException("unavailable");
  }
}
