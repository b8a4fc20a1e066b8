package io.stillstream.trainer.checkpoint.store;

import io.stillstream.trainer.checkpoint.store.SegmentedContent.SegmentPlan;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The segments of one checkpoint that is being written, the new one among them. */
final class SegmentedFiles {
  private final SegmentDirectory directory;
  private final Optional<SegmentPlan> plan;
  private final Optional<Map.Entry<String, SegmentEntry>> written;
  private final Map<String, SegmentEntry> entries;

  private SegmentedFiles(
      SegmentDirectory directory,
      Optional<SegmentPlan> plan,
      Optional<Map.Entry<String, SegmentEntry>> written,
      Map<String, SegmentEntry> entries) {
    this.directory = directory;
    this.plan = plan;
    this.written = written;
    this.entries = entries;
  }

  /** Plans what is shared and writes the new segment, which is durable on return. */
  static SegmentedFiles write(Optional<SegmentedContent> content, SegmentDirectory directory)
      throws IOException {
    if (content.isEmpty()) {
      return new SegmentedFiles(directory, Optional.empty(), Optional.empty(), Map.of());
    }
    Map<String, SegmentEntry> available = directory.available();
    SegmentPlan plan = content.get().plan(available);
    Map<String, SegmentEntry> entries = new TreeMap<>(available);
    entries.keySet().retainAll(plan.shared());
    Optional<Map.Entry<String, SegmentEntry>> written = Optional.empty();
    if (plan.newParts() > 0) {
      written = Optional.of(directory.write(plan.newParts(), plan::writeSegment));
      entries.put(written.get().getKey(), written.get().getValue());
    }
    return new SegmentedFiles(directory, Optional.of(plan), written, entries);
  }

  /** Adds the index to the files of the checkpoint. */
  void addTo(Map<String, CheckpointStore.FileContent> files) {
    plan.ifPresent(index -> files.put(index.indexName(), out -> index.writeIndex(segment(), out)));
  }

  /** All segments that the checkpoint needs. */
  Map<String, SegmentEntry> entries() {
    return entries;
  }

  /** Length of the new segment; 0 without one. */
  long bytes() {
    return written.map(segment -> segment.getValue().bytes()).orElse(0L);
  }

  /** The checkpoint is durable. */
  void durable() {
    directory.use(entries);
    directory.release();
    plan.ifPresent(shared -> shared.durable(segment()));
  }

  private Optional<String> segment() {
    return written.map(Map.Entry::getKey);
  }
}
