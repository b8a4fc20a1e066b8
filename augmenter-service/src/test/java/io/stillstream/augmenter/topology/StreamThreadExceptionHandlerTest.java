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
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class StreamThreadExceptionHandlerTest {
  private final List<Throwable> fatalErrors = new ArrayList<>();
  private final AccessMonitor access =
      new AccessMonitor(Map.of("bootstrap.servers", "localhost:1"), List.of());
  private final StreamThreadExceptionHandler handler =
      new StreamThreadExceptionHandler(
          new CountDownLatch(1), Duration.ofMillis(1), access, fatalErrors::add);

  @Test
  void shouldReplaceTheThreadIfTheRegistryOrABrokerIsUnavailable() {
    assertThat(handler.handle(new StreamsException(new RegistryUnavailableException("down"))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(handler.handle(new StreamsException("no answer", new TimeoutException("60 s"))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(fatalErrors).isEmpty();
  }

  @Test
  void shouldReplaceTheThreadIfTheCoordinatorEndedItsTransaction() {
    assertThat(handler.handle(new StreamsException(new InvalidTxnStateException("is over"))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(fatalErrors).isEmpty();
  }

  @Test
  void shouldReplaceTheThreadIfABrokerAnswersACommitWithAnUnknownError() {
    // given: the two exceptions as the producer and Kafka Streams throw them
    Throwable unknown =
        new KafkaException(
            "Unhandled error in EndTxnResponse: " + Errors.UNKNOWN_SERVER_ERROR.message());

    // when, then
    assertThat(handler.handle(new StreamsException("Error encountered trying to commit", unknown)))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(fatalErrors).isEmpty();
  }

  @Test
  void shouldReplaceTheThreadWhileAccessIsDenied() {
    // given: a topic that may not be described looks as if it did not exist
    Throwable missing = new MissingSourceTopicException("no images");
    assertThat(handler.handle(missing)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);

    // when
    Throwable denied = new StreamsException(new TopicAuthorizationException(Set.of("views")));

    // then
    assertThat(handler.handle(denied)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(handler.handle(missing)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(fatalErrors).containsExactly(missing);
    assertThat(access.check().ok()).isFalse();
    assertThat(access.problem().orElseThrow()).contains("views");
  }

  @Test
  void shouldStopTheServiceAfterAnUnknownError() {
    // given
    Throwable rejected = new StreamsException(new SerializationException("incompatible schema"));
    Throwable unlinked = new UnsatisfiedLinkError("no OpenCV");

    // then
    assertThat(handler.handle(rejected)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    assertThat(handler.handle(unlinked)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    assertThat(fatalErrors).containsExactly(rejected, unlinked);
  }

  @Test
  @Timeout(60)
  void shouldNotPauseWhileTheServiceCloses() {
    // given
    CountDownLatch closing = new CountDownLatch(0);
    StreamThreadExceptionHandler closingHandler =
        new StreamThreadExceptionHandler(closing, Duration.ofDays(1), access, fatalErrors::add);

    // when: it would wait for a day
    StreamThreadExceptionResponse response = closingHandler.handle(new TimeoutException("60 s"));

    // then
    assertThat(response).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(fatalErrors).isEmpty();
  }
}
