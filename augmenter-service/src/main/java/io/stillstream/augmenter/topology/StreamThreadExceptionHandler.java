package io.stillstream.augmenter.topology;

import io.stillstream.runtime.access.AccessMonitor;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
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
 *   <li>The brokers refuse what the service may not do, or do not let it in: the same, until
 *       somebody allows it. A topic that may not be described any more looks as if it did not
 *       exist.
 *   <li>The coordinator has ended the thread's transaction without it, as when the process stood
 *       still for too long: Kafka Streams comes through most of that by itself, but not through a
 *       commit of what is over. The same.
 *   <li>Anything else is a bad program or a bad set-up: the service dies, loudly.
 * </ul>
 *
 * Kafka Streams itself waits for an absent broker and rejoins after being fenced; neither comes
 * here.
 */
public final class StreamThreadExceptionHandler implements StreamsUncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(StreamThreadExceptionHandler.class);

  private final CountDownLatch closing;
  private final Duration pause;
  private final AccessMonitor access;
  private final Consumer<Throwable> onFatal;

  /**
   * @param closing released when the service closes
   * @param pause before a thread is replaced
   * @param access told of what is refused
   * @param death told when the service dies
   */
  public StreamThreadExceptionHandler(
      CountDownLatch closing, Duration pause, AccessMonitor access, Consumer<Throwable> death) {
    this.closing = closing;
    this.pause = pause;
    this.access = access;
    this.onFatal = death;
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable exception) {
    boolean hidden =
        exception instanceof MissingSourceTopicException && access.problem().isPresent();
    if (access.reportFailure(exception) || hidden) {
      pause(exception);
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
      if (cause instanceof RetriableException || cause instanceof InvalidTxnStateException) {
        pause(cause);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
      }
    }
    onFatal.accept(exception);
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
