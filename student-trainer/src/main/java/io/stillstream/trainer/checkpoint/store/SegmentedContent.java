package io.stillstream.trainer.checkpoint.store;

import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Parts of a checkpoint that never change once they are written. They lie in segments, which
 * checkpoints share, so that a checkpoint writes only what is new. Used by the thread that writes.
 */
public interface SegmentedContent {
  /**
   * Chooses which segments the checkpoint shares; what it needs besides goes into a new one.
   *
   * @param available segments of the last durable checkpoint that are on the disk and not known to
   *     be damaged, by name
   */
  SegmentPlan plan(Map<String, SegmentEntry> available);

  /** What to write of one checkpoint. */
  interface SegmentPlan {
    /** The available segments that the checkpoint needs. */
    Set<String> shared();

    /** How many parts go into a new segment; with 0 there is none. */
    int newParts();

    /** Writes the new segment. */
    void writeSegment(DataOutputStream out) throws IOException;

    /** Name of the file that says where each part is. */
    String indexName();

    /**
     * Writes that file.
     *
     * @param segment name of the new segment, if there is one
     */
    void writeIndex(Optional<String> segment, DataOutputStream out) throws IOException;

    /** The checkpoint is durable: what it has written need not be written again. */
    void durable(Optional<String> segment);
  }
}
