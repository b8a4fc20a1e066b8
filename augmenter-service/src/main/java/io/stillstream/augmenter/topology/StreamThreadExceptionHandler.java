package io.stillstream.augmenter.topology;

import io.stillstream.runtime.access.AccessMonitor;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what follows the failure of a stream thread. Its transaction is aborted in any case, so
 * its records are processed again.
 *
 * <ul>
 *   <li>The registry or a broker is unavailable (a retriable exception is among the causes): the
 *       thread is replaced after a pause, as often as needed.
 *   <li>The brokers deny authentication or authorization: the same, until access is granted. A
 *       topic that may not be described looks as if it did not exist.
 *   <li>The coordinator has ended the thread's transaction, for example because the process was
 *       suspended for too long. Kafka Streams recovers from most of that by itself, but not from a
 *       commit of an ended transaction: the same.
 *   <li>A broker answers a commit with an error that no client expects, as one does that returns
 *       from an outage while it ends the transaction itself: the same. Whether the transaction was
 *       committed is known once the new thread's producer is initialised.
 *   <li>Anything else is a bug or a wrong configuration: the service ends with an error.
 * </ul>
 *
 * Kafka Streams itself waits for an absent broker and rejoins after being fenced; neither reaches
 * this handler.
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
   * @param access receives authorization failures
   * @param onFatal called when the service must end
   */
  public StreamThreadExceptionHandler(
      CountDownLatch closing, Duration pause, AccessMonitor access, Consumer<Throwable> onFatal) {
    this.closing = closing;
    this.pause = pause;
    this.access = access;
    this.onFatal = onFatal;
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
      if (cause instanceof RetriableException
          || cause instanceof InvalidTxnStateException
          || isUnexpectedAnswerToCommit(cause)) {
        pause(cause);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
      }
    }
    onFatal.accept(exception);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  /** The client has no class for it: it is told by the text of its producer's EndTxnHandler. */
  private static boolean isUnexpectedAnswerToCommit(Throwable failure) {
    return failure.getClass() == KafkaException.class
        && String.valueOf(failure.getMessage()).startsWith("Unhandled error in EndTxnResponse");
  }

  private void pause(Throwable cause) {
    if (closing.getCount() == 0) {
      return; // Kafka Streams replaces no thread while it shuts down
    }
    LOG.atWarn()
        .addKeyValue("problem", cause.getMessage())
        .log("a stream thread has failed and is replaced");
    try {
      var unused = closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
