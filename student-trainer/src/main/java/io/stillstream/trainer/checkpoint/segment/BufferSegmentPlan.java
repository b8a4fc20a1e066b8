package io.stillstream.trainer.checkpoint.segment;

import io.stillstream.trainer.checkpoint.store.SegmentedContent;
import io.stillstream.trainer.training.buffer.BufferState;
import io.stillstream.trainer.training.buffer.BufferedView;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay.ReplaySnapshot;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which views of a buffer a checkpoint writes, and which it shares. */
final class BufferSegmentPlan implements SegmentedContent.SegmentPlan {
  private static final int NOT_WRITTEN = -1;

  private final long teacher;
  private final BufferState buffer;

  /** Names of the shared segments, in the order of the first slot that needs each. */
  private final Map<String, Integer> shared = new LinkedHashMap<>();

  /** Position in the new segment by slot. */
  private final int[] written;

  private int count;

  /**
   * @param available segments that can be shared
   * @param moves how many views leave which of them
   */
  BufferSegmentPlan(ReplaySnapshot snapshot, Set<String> available, Map<String, Integer> moves) {
    teacher = snapshot.teacher();
    buffer = snapshot.buffer();
    written = new int[buffer.views().length];
    Arrays.fill(written, NOT_WRITTEN);
    Map<String, Integer> left = new HashMap<>(moves);
    for (int slot = 0; slot < written.length; slot++) {
      String segment = buffer.views()[slot].segment();
      int moving = left.getOrDefault(segment, 0);
      if (segment == null || !available.contains(segment)) {
        written[slot] = count++;
      } else if (moving > 0) {
        left.put(segment, moving - 1);
        written[slot] = count++;
      } else {
        shared.putIfAbsent(segment, shared.size());
      }
    }
  }

  @Override
  public Set<String> shared() {
    return Set.copyOf(shared.keySet());
  }

  @Override
  public int newParts() {
    return count;
  }

  @Override
  public void writeSegment(DataOutputStream out) throws IOException {
    ViewSegment.writeHead(out);
    ByteArrayOutputStream scratch = new ByteArrayOutputStream();
    for (int slot = 0; slot < written.length; slot++) {
      if (written[slot] != NOT_WRITTEN) {
        ViewSegment.write(buffer.views()[slot].view(), scratch, out);
      }
    }
  }

  @Override
  public String indexName() {
    return BufferIndex.NAME;
  }

  @Override
  public void writeIndex(Optional<String> segment, DataOutputStream out) throws IOException {
    Map<String, Integer> names = new LinkedHashMap<>(shared);
    segment.ifPresent(name -> names.put(name, shared.size()));
    int[] slots = new int[written.length];
    int[] positions = new int[written.length];
    for (int slot = 0; slot < written.length; slot++) {
      BufferedView view = buffer.views()[slot];
      boolean isNew = written[slot] != NOT_WRITTEN;
      slots[slot] = isNew ? shared.size() : names.get(view.segment());
      positions[slot] = isNew ? written[slot] : view.position();
    }
    new BufferIndex(teacher, buffer, List.copyOf(names.keySet()), slots, positions).write(out);
  }

  @Override
  public void durable(Optional<String> segment) {
    for (int slot = 0; slot < written.length; slot++) {
      if (written[slot] != NOT_WRITTEN) {
        buffer.views()[slot].written(segment.orElseThrow(), written[slot]);
      }
    }
  }
}
