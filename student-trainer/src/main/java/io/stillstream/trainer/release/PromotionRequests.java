package io.stillstream.trainer.release;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Manual promotions that the management port asks for and the training loop makes, one after the
 * other in the order in which they came. One that the loop does not come to is withdrawn. Safe for
 * all threads.
 */
public final class PromotionRequests {
  private static final int MOST = 4;

  /** A checkpoint that is being written is waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final BlockingQueue<PromotionRequest> waiting = new ArrayBlockingQueue<>(MOST);
  private final Duration patience;

  public PromotionRequests() {
    this(PATIENCE);
  }

  /**
   * @param patience how long one waits for the loop, and then for what the loop has begun
   */
  PromotionRequests(Duration patience) {
    this.patience = patience;
  }

  /**
   * A promotion that is durable.
   *
   * @param version of the champion
   * @param before version of the champion before; 0 if there was none
   */
  public record Promotion(long version, long before) {}

  /** Makes a promotion. */
  public interface Promoter {
    /**
     * @param version empty for the champion before the current one
     */
    Promotion promote(OptionalLong version) throws IOException;
  }

  /** A promotion that has not been made; nothing has changed. */
  public static final class NotTakenException extends Exception {
    private static final long serialVersionUID = 1;

    NotTakenException(String message) {
      super(message);
    }
  }

  private record PromotionRequest(
      OptionalLong version, AtomicBoolean taken, CompletableFuture<Promotion> result) {}

  /**
   * Asks for a promotion, and waits until it is durable.
   *
   * @param version empty for the champion before the current one
   * @throws ReleaseException if it is impossible
   * @throws NotTakenException if the loop does not come to it in time
   * @throws TimeoutException if the loop has begun it and not ended in time
   * @throws IOException if files could not be read or written; it may have been made in part, and
   *     is completed by the next start then
   * @throws IllegalStateException if another trainer took over, or the training failed
   */
  public Promotion request(OptionalLong version)
      throws IOException, NotTakenException, TimeoutException, InterruptedException {
    PromotionRequest request =
        new PromotionRequest(version, new AtomicBoolean(), new CompletableFuture<>());
    if (!waiting.offer(request)) {
      throw new NotTakenException(MOST + " promotions wait already, nothing has changed");
    }
    try {
      return request.result().get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (withdraw(request)) {
        throw new NotTakenException(
            "the training is busy for more than "
                + patience.toSeconds()
                + " s, with a checkpoint, an evaluation or brokers that are away; nothing has"
                + " changed");
      }
      return begun(request);
    } catch (InterruptedException e) {
      boolean unused = withdraw(request);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private Promotion begun(PromotionRequest request)
      throws IOException, TimeoutException, InterruptedException {
    try {
      return request.result().get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  /** Whether the loop will not make it any more. */
  private boolean withdraw(PromotionRequest request) {
    boolean withdrawn = request.taken().compareAndSet(false, true);
    boolean unused = waiting.remove(request);
    return withdrawn;
  }

  private static IOException failure(Throwable cause) {
    if (cause instanceof IOException e) {
      return e;
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    throw new IllegalStateException(message, cause);
  }

  /**
   * Makes those that wait. What is thrown but for an {@link IOException} ends the training.
   *
   * @return whether there were any
   */
  public boolean serve(Promoter promoter) {
    boolean any = false;
    PromotionRequest next = waiting.poll();
    while (next != null) {
      if (next.taken().compareAndSet(false, true)) {
        serve(next, promoter);
        any = true;
      }
      next = waiting.poll();
    }
    return any;
  }

  private static void serve(PromotionRequest request, Promoter promoter) {
    try {
      boolean unused = request.result().complete(promoter.promote(request.version()));
    } catch (IOException e) {
      boolean unused = request.result().completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      boolean unused = request.result().completeExceptionally(e);
      throw e;
    }
  }
}
