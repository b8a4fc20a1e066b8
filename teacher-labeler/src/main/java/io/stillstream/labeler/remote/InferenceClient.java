package io.stillstream.labeler.remote;

import io.grpc.StatusRuntimeException;
import io.stillstream.labeler.config.RemoteTeacherSettings;
import io.stillstream.labeler.metrics.RemoteTeacherMetrics;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.protocols.inference.ModelInferRequest;
import io.stillstream.protocols.inference.ModelInferResponse;
import io.stillstream.protocols.inference.ModelMetadataResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Asks one model's server, and sorts its failures: those that may pass become {@link
 * TeacherUnavailableException}, those of a batch {@link InferenceException}. Safe for several
 * threads.
 *
 * <p>A failure that passes quickly, of a server that is overloaded or restarts, is waited out here,
 * for less than a second and with jitter, so that many labelers do not come back at once. The
 * caller waits out the longer ones.
 */
final class InferenceClient implements AutoCloseable {
  private static final int TRIES = 4;
  private static final long FIRST_PAUSE_MILLIS = 50;

  private final RemoteTeacherSettings settings;
  private final RemoteTeacherMetrics metrics;
  private final LongSupplier nanoTime;
  private final ModelStub stub;

  private volatile Optional<String> problem = Optional.empty();
  private volatile boolean changed;

  InferenceClient(
      RemoteTeacherSettings settings, RemoteTeacherMetrics metrics, LongSupplier nanoTime) {
    this.settings = settings;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    this.stub = new ModelStub(settings);
  }

  /**
   * Checks that the server is ready.
   *
   * @throws TeacherUnavailableException if it is not, or does not answer
   * @throws StatusRuntimeException if it refuses the question
   */
  void requireServerReady() {
    boolean ready = call(stub::isServerReady);
    if (!ready) {
      throw unavailable("the server says that it is not ready", null);
    }
  }

  /**
   * Checks that the model is ready.
   *
   * @param version empty for the one that the server chooses
   * @throws TeacherUnavailableException if it is not, or the server does not answer
   * @throws StatusRuntimeException if the server refuses the question
   */
  void requireModelReady(String version) {
    if (!isModelReady(version)) {
      throw unavailable("the server says that " + model(version) + " is not ready", null);
    }
  }

  boolean isModelReady(String version) {
    return call(() -> stub.isModelReady(version));
  }

  /**
   * What the server says of the model.
   *
   * @param version empty for the one that the server chooses
   * @throws TeacherUnavailableException if the server does not answer
   * @throws StatusRuntimeException if the server refuses the question
   */
  ModelMetadataResponse metadata(String version) {
    return call(() -> stub.metadata(version));
  }

  /**
   * Infers.
   *
   * @throws TeacherUnavailableException if the server is away, overloaded, or refuses this client
   * @throws InferenceException if it answers that this batch fails
   */
  ModelInferResponse infer(ModelInferRequest request) {
    for (int tried = 1; ; tried++) {
      long start = nanoTime.getAsLong();
      StatusRuntimeException failure;
      try {
        reconnect();
        ModelInferResponse response = stub.infer(request);
        problem = Optional.empty();
        return response;
      } catch (StatusRuntimeException e) {
        failure = e;
      } finally {
        metrics.request(Duration.ofNanos(nanoTime.getAsLong() - start));
      }
      boolean isLast = tried >= TRIES || Thread.currentThread().isInterrupted();
      switch (FailureKind.of(failure)) {
        case SIZE ->
            throw InferenceException.ofServer(
                "%s: a message is too large for it, or an answer for max-message-size (%d): %s"
                    .formatted(
                        location(), settings.maxMessageSize(), FailureKind.describe(failure)),
                true,
                failure);
        case BATCH -> {
          requireModelStillReady(request.getModelVersion(), failure);
          throw failed(failure);
        }
        case UNCLEAR -> {
          requireModelStillReady(request.getModelVersion(), failure);
          if (isLast) {
            throw failed(failure);
          }
          retryAfterPause(tried, failure);
        }
        case PASSING -> {
          if (isLast) {
            throw away(failure);
          }
          retryAfterPause(tried, failure);
        }
        case LASTING -> throw away(failure);
      }
    }
  }

  /** Notes that an answer came from another version than was expected, and throws. */
  TeacherUnavailableException answeredOtherwise(String expected, String answered) {
    changed = true;
    metrics.retry("VERSION");
    return unavailable(
        "answered with version %s of %s, where version %s labels"
            .formatted(answered, settings.model(), expected),
        null);
  }

  /** Why it does not answer; empty if it does. */
  Optional<String> problem() {
    return problem;
  }

  /** Whether an answer has shown that there are other versions than before. */
  boolean hasChanged() {
    return changed;
  }

  /** The versions are about to be listed. */
  void clearChanged() {
    changed = false;
  }

  /** The server and the model, for messages. */
  String location() {
    return settings.url() + "/" + settings.model();
  }

  @Override
  public void close() {
    stub.close();
  }

  private void reconnect() {
    if (problem.isPresent()) {
      stub.reconnectNow();
    }
  }

  private <T> T call(Supplier<T> question) {
    try {
      reconnect();
      T answer = question.get();
      problem = Optional.empty();
      return answer;
    } catch (StatusRuntimeException e) {
      if (FailureKind.isOfTheMoment(e)) {
        throw unavailable(FailureKind.describe(e), e);
      }
      problem = Optional.of(location() + ": " + FailureKind.describe(e));
      throw e;
    }
  }

  /** A model that is being unloaded may fail in any way; its batches are to be repeated. */
  private void requireModelStillReady(String version, StatusRuntimeException failure) {
    try {
      if (stub.isModelReady(version)) {
        return;
      }
    } catch (StatusRuntimeException e) {
      failure.addSuppressed(e);
    }
    throw away(failure);
  }

  private TeacherUnavailableException away(StatusRuntimeException failure) {
    metrics.retry(failure.getStatus().getCode().name());
    // Perhaps the version is gone; and it costs little to look.
    changed = true;
    return unavailable(FailureKind.describe(failure), failure);
  }

  private TeacherUnavailableException unavailable(String what, Throwable cause) {
    String message = location() + ": " + what;
    problem = Optional.of(message);
    return new TeacherUnavailableException(message, cause);
  }

  private InferenceException failed(StatusRuntimeException failure) {
    return InferenceException.ofServer(
        location() + ": " + FailureKind.describe(failure), false, failure);
  }

  private void retryAfterPause(int tried, StatusRuntimeException failure) {
    metrics.retry(failure.getStatus().getCode().name());
    problem = Optional.of(location() + ": " + FailureKind.describe(failure));
    long most = FIRST_PAUSE_MILLIS << tried;
    try {
      TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(most / 2, most));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String model(String version) {
    return settings.model() + (version.isEmpty() ? "" : " version " + version);
  }
}
