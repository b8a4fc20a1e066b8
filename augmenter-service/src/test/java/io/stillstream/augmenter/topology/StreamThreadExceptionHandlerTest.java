package io.stillstream.augmenter.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;

final class StreamThreadExceptionHandlerTest {
  private final List<Throwable> deaths = new ArrayList<>();
  private final AccessMonitor access =
      new AccessMonitor(Map.of("bootstrap.servers", "localhost:1"), List.of());
  private final StreamThreadExceptionHandler policy =
      new StreamThreadExceptionHandler(
          new CountDownLatch(1), Duration.ofMillis(1), access, deaths::add);

  @Test
  void shouldReplaceTheThreadWhenANeighbourIsAway() {
    assertThat(policy.handle(new StreamsException(new RegistryUnavailableException("away"))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(policy.handle(new StreamsException("no answer", new TimeoutException("60 s"))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(deaths).isEmpty();
  }

  @Test
  void shouldReplaceTheThreadWhoseTransactionWasEndedWithoutIt() {
    assertThat(policy.handle(new StreamsException(new InvalidTxnStateException("is over"))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(deaths).isEmpty();
  }

  @Test
  void shouldReplaceTheThreadUntilWhatIsRefusedIsAllowed() {
    // given: a topic that may not be described looks as if it did not exist
    Throwable gone = new MissingSourceTopicException("no images");
    assertThat(policy.handle(gone)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);

    // when
    Throwable refused = new StreamsException(new TopicAuthorizationException(Set.of("views")));

    // then
    assertThat(policy.handle(refused)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(policy.handle(gone)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(deaths).containsExactly(gone);
    assertThat(access.check().ok()).isFalse();
    assertThat(access.problem().orElseThrow()).contains("views");
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
