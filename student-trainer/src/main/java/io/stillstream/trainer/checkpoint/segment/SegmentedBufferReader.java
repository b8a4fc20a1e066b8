package io.stillstream.trainer.checkpoint.segment;

import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.SegmentEntry;
import io.stillstream.trainer.training.buffer.BufferedView;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay.ReplaySnapshot;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Reads the replay buffer of a checkpoint, each segment once. */
public final class SegmentedBufferReader {
  private static final int NONE = -1;

  private SegmentedBufferReader() {}

  /** Whether the buffer of a checkpoint is in segments: since format 5. */
  public static boolean isSegmented(Checkpoint checkpoint) {
    return checkpoint.has(BufferIndex.NAME);
  }

  /**
   * Reads a checkpoint that has been found sound.
   *
   * @throws IOException if index and segments contradict each other
   */
  public static ReplaySnapshot read(Checkpoint checkpoint) throws IOException {
    BufferIndex index;
    try (DataInputStream in = checkpoint.open(BufferIndex.NAME)) {
      index = BufferIndex.read(in);
    }
    Map<String, SegmentEntry> entries = checkpoint.segments();
    BufferedView[] views = new BufferedView[index.slots().length];
    for (int number = 0; number < index.segments().size(); number++) {
      String name = index.segments().get(number);
      SegmentEntry entry = entries.get(name);
      if (entry == null) {
        throw new IOException(checkpoint.directory() + " has no segment " + name);
      }
      Slots slots = new Slots(name, slotsByPosition(index, number, entry.parts()), views);
      read(checkpoint.segment(name), entry.parts(), slots);
    }
    for (int slot = 0; slot < views.length; slot++) {
      if (views[slot] == null) {
        throw new IOException(checkpoint.directory() + " has no view for slot " + slot);
      }
    }
    return new ReplaySnapshot(index.teacher(), index.head().with(views));
  }

  private static int[] slotsByPosition(BufferIndex index, int segment, int parts)
      throws IOException {
    int[] slots = new int[parts];
    Arrays.fill(slots, NONE);
    for (int slot = 0; slot < index.slots().length; slot++) {
      if (index.slots()[slot] == segment) {
        int position = index.positions()[slot];
        if (position < 0 || position >= parts) {
          throw new IOException(
              "slot " + slot + " is at position " + position + " of " + parts + " in a segment");
        }
        slots[position] = slot;
      }
    }
    return slots;
  }

  private static void read(Path file, int parts, Slots slots) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      ViewSegment.read(in, parts, slots);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The slots whose views are in one segment.
   *
   * @param slots by position
   * @param views by slot, filled
   */
  @SuppressWarnings("ArrayRecordComponent") // filled in while a segment is read
  private record Slots(String segment, int[] slots, BufferedView[] views)
      implements ViewSegment.Positions {
    @Override
    public boolean contains(int position) {
      return slots[position] != NONE;
    }

    @Override
    public void accept(int position, TrainingExample view) {
      views[slots[position]] = new BufferedView(view, segment, position);
    }
  }
}
