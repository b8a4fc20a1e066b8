package io.stillstream.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.wire.RegistryUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;

final class FailurePolicyTest {
  private final List<Throwable> deaths = new ArrayList<>();
  private final FailurePolicy policy =
      new FailurePolicy(new CountDownLatch(1), Duration.ofMillis(1), deaths::add);

  @Test
  void shouldReplaceTheThreadWhenANeighbourIsAway() {
    assertThat(policy.handle(new StreamsException(new RegistryUnavailableException("away"))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(policy.handle(new StreamsException("no answer", new TimeoutException("60 s"))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(deaths).isEmpty();
  }

  @Test
  void shouldDieOfABadProgram() {
    // given
    Throwable refused = new StreamsException(new SerializationException("incompatible schema"));
    Throwable unlinked = new UnsatisfiedLinkError("no OpenCV");

    // then
    assertThat(policy.handle(refused)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    assertThat(policy.handle(unlinked)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    assertThat(deaths).containsExactly(refused, unlinked);
  }
}
