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
  private final List<Throwable> fatalErrors = new ArrayList<>();
  private final AccessMonitor access =
      new AccessMonitor(Map.of("bootstrap.servers", "localhost:1"), List.of());
  private final StreamThreadExceptionHandler handler =
      new StreamThreadExceptionHandler(
          new CountDownLatch(1), Duration.ofMillis(1), access, fatalErrors::add);

  @Test
  void shouldReplaceTheThreadWhenANeighbourIsAway() {
    assertThat(handler.handle(new StreamsException(new RegistryUnavailableException("away"))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(handler.handle(new StreamsException("no answer", new TimeoutException("60 s"))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(fatalErrors).isEmpty();
  }

  @Test
  void shouldReplaceTheThreadWhoseTransactionWasEndedWithoutIt() {
    assertThat(handler.handle(new StreamsException(new InvalidTxnStateException("is over"))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(fatalErrors).isEmpty();
  }

  @Test
  void shouldReplaceTheThreadUntilWhatIsRefusedIsAllowed() {
    // given: a topic that may not be described looks as if it did not exist
    Throwable gone = new MissingSourceTopicException("no images");
    assertThat(handler.handle(gone)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);

    // when
    Throwable refused = new StreamsException(new TopicAuthorizationException(Set.of("views")));

    // then
    assertThat(handler.handle(refused)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(handler.handle(gone)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(fatalErrors).containsExactly(gone);
    assertThat(access.check().ok()).isFalse();
    assertThat(access.problem().orElseThrow()).contains("views");
  }

  @Test
  void shouldDieOfABadProgram() {
    // given
    Throwable refused = new StreamsException(new SerializationException("incompatible schema"));
    Throwable unlinked = new UnsatisfiedLinkError("no OpenCV");

    // then
    assertThat(handler.handle(refused)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    assertThat(handler.handle(unlinked)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    assertThat(fatalErrors).containsExactly(refused, unlinked);
  }
}
