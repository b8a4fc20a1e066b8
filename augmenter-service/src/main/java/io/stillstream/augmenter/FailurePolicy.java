package io.stillstream.augmenter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a stream thread dies. Its transaction is aborted in any case, so its records
 * come again.
 *
 * <ul>
 *   <li>A neighbour is away (something retriable is among the causes: the registry, a time-out of
 *       the broker): the thread is replaced after a pause, for as long as it takes.
 *   <li>Anything else is a bad program or a bad set-up: the service dies, loudly.
 * </ul>
 *
 * Kafka Streams itself waits for an absent broker and rejoins after being fenced; neither comes
 * here.
 */
final class FailurePolicy implements StreamsUncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FailurePolicy.class);

  private final CountDownLatch closing;
  private final Duration pause;
  private final Consumer<Throwable> death;

  /**
   * @param closing released when the service closes
   * @param pause before a thread is replaced
   * @param death told when the service dies
   */
  FailurePolicy(CountDownLatch closing, Duration pause, Consumer<Throwable> death) {
    this.closing = closing;
    this.pause = pause;
    this.death = death;
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable exception) {
    for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
      if (cause instanceof RetriableException) {
        pause(cause);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
      }
    }
    death.accept(exception);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private void pause(Throwable cause) {
    if (closing.getCount() == 0) {
      return; // Kafka Streams replaces no thread while it shuts down
    }
    LOG.atWarn()
        .addKeyValue("problem", cause.getMessage())
        .log("a stream thread gave up waiting and is replaced");
    try {
      var unused = closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
