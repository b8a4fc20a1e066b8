package io.stillstream.trainer.ledger;

/** Metrics of the ledger; docs/metrics.md has names and alerts. */
public interface LedgerMetrics {
  /** Ignores everything. */
  LedgerMetrics NONE =
      new LedgerMetrics() {
        @Override
        public void size(long bytes, int segments) {
          // Nothing looks at it.
        }

        @Override
        public void failed(Operation operation) {
          // Nothing looks at it.
        }
      };

  /** What can fail, and is tried again. */
  enum Operation {
    /** Closing the open file. */
    ROTATION,
    /** Compressing or compacting closed segments, or dividing an earlier version's file. */
    MAINTENANCE
  }

  /**
   * What the ledger takes on disk.
   *
   * @param bytes of all its files
   * @param segments that are closed
   */
  void size(long bytes, int segments);

  /** An attempt failed. */
  void failed(Operation operation);
}
