package io.stillstream.trainer.erasure;

import java.util.Map;

/**
 * Has as many checkpoints made as are kept, so that none is left from before something was
 * forgotten. Positions are of the topic that says what is to be forgotten. Belongs to the loop's
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
   * @param done positions before which nothing is in any checkpoint
   */
  public ErasureCheckpointRotation(int keep, Map<Integer, Long> done) {
    this.keep = keep;
    this.done = Map.copyOf(done);
    this.wanted = this.done;
  }

  /** Everything before these positions has just been forgotten, and is in checkpoints still. */
  void begin(Map<Integer, Long> positions) {
    wanted = Map.copyOf(positions);
    missing = keep;
    round++;
  }

  /** There is no checkpoint that anything before these positions could be in. */
  void markErased(Map<Integer, Long> positions) {
    wanted = Map.copyOf(positions);
    done = wanted;
  }

  /** Whether checkpoints are missing. */
  public boolean isOpen() {
    return missing > 0;
  }

  /** To be remembered with a checkpoint that is taken now. */
  public long round() {
    return round;
  }

  /**
   * What a checkpoint that is taken now may say of itself and of those beside it: the last one of a
   * round is kept beside the others of the round only.
   */
  public Map<Integer, Long> positions() {
    return missing <= 1 ? wanted : done;
  }

  /** A checkpoint that was taken in this round is durable. */
  public void checkpointDurable(long ofRound) {
    if (ofRound == round && missing > 0) {
      missing--;
      done = missing == 0 ? wanted : done;
    }
  }
}
