package io.stillstream.trainer.erasure;

import java.util.Map;

/**
 * Counts the checkpoints that have to be made after an erasure: as many as are kept, so that none
 * is left from before it. Positions are of the topic of erasure requests. Belongs to the loop's
 * thread.
 */
public final class ErasureCheckpointRotation {
  private final int keep;
  private Map<Integer, Long> done;
  private Map<Integer, Long> wanted;
  private long round;
  private int missing;

  /**
   * @param keep how many checkpoints are kept
   * @param done positions before which all requests are done in all checkpoints
   */
  public ErasureCheckpointRotation(int keep, Map<Integer, Long> done) {
    this.keep = keep;
    this.done = Map.copyOf(done);
    this.wanted = this.done;
  }

  /** All requests before these positions are done in memory, and not in checkpoints. */
  void begin(Map<Integer, Long> positions) {
    wanted = Map.copyOf(positions);
    missing = keep;
    round++;
  }

  /** No checkpoint contains views that requests before these positions erase. */
  void markErased(Map<Integer, Long> positions) {
    wanted = Map.copyOf(positions);
    done = wanted;
  }

  /** Whether checkpoints are missing. */
  public boolean isOpen() {
    return missing > 0;
  }

  /**
   * Whether not even the first checkpoint of a round is durable. It is the one that must not share
   * what was written before with the checkpoints before it; those after it share with it alone.
   */
  public boolean isFirstMissing() {
    return missing > 0 && missing == keep;
  }

  /** Number of the round, to be kept with a checkpoint that is captured now. */
  public long round() {
    return round;
  }

  /**
   * Positions for a checkpoint that is captured now, valid for all checkpoints that are kept with
   * it: beside the last one of a round, only others of the round are kept.
   */
  public Map<Integer, Long> positions() {
    return missing <= 1 ? wanted : done;
  }

  /** A checkpoint that was captured in a round is durable. */
  public void checkpointDurable(long ofRound) {
    if (ofRound == round && missing > 0) {
      missing--;
      done = missing == 0 ? wanted : done;
    }
  }
}
