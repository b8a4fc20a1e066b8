package io.stillstream.trainer.training;

/**
 * How many updates a fresh batch gets. The first {@code min} always come; up to {@code max}, one
 * more is taken as often as less than a batch waits behind it. So spare time goes into replay, and
 * a stream that is faster than that gets {@code min} and nothing else, whether its backlog is large
 * or only begins to grow.
 */
public final class UpdateScheduler {
  private final int min;
  private final int max;
  private int taken;
  private boolean failed;

  /**
   * @param min at least 1
   * @param max at least {@code min}; the same for a fixed number
   */
  public UpdateScheduler(int min, int max) {
    this.min = min;
    this.max = max;
  }

  /** A fresh batch has got its first {@code min} updates. */
  public void began() {
    taken = min;
    failed = false;
  }

  /** Whether the latest batch might get one more update. */
  public boolean mayUpdate() {
    return taken > 0 && taken < max && !failed;
  }

  /**
   * Whether the latest batch should get one more update now.
   *
   * @param backlog how many batches wait
   */
  public boolean shouldUpdate(double backlog) {
    return mayUpdate() && backlog < 1;
  }

  /** One more update has been taken. */
  public void replayed() {
    taken++;
  }

  /** One more update has failed: the latest batch gets no other. */
  public void failed() {
    failed = true;
  }

  /** Updates that the latest batch has got; 0 before the first. */
  public int taken() {
    return taken;
  }
}
