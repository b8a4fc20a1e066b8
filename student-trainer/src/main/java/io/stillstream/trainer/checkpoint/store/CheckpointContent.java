package io.stillstream.trainer.checkpoint.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint is to contain. Nothing may change it any more.
 *
 * @param files by name, in the order in which they are written
 * @param segmented what it shares with other checkpoints, if anything
 */
public record CheckpointContent(
    Map<String, CheckpointStore.FileContent> files, Optional<SegmentedContent> segmented) {
  public CheckpointContent {
    files = new LinkedHashMap<>(files);
  }

  /** The same with more files after the others. */
  public CheckpointContent plus(Map<String, CheckpointStore.FileContent> more) {
    Map<String, CheckpointStore.FileContent> all = new LinkedHashMap<>(files);
    all.putAll(more);
    return new CheckpointContent(all, segmented);
  }

  /** Content that shares nothing. */
  public static CheckpointContent of(Map<String, CheckpointStore.FileContent> files) {
    return new CheckpointContent(files, Optional.empty());
  }
}
