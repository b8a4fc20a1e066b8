package io.stillstream.trainer.checkpoint.segment;

import io.stillstream.trainer.training.buffer.BufferState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * The buffer in a checkpoint: everything but the views, and for each slot where its view is.
 *
 * @param teacher that the logits of the views are measured against
 * @param head the state without views
 * @param segments their names
 * @param slots for each slot the number of its segment among them, from 0
 * @param positions for each slot the position in its segment
 */
@SuppressWarnings("ArrayRecordComponent") // made once, then only read
record BufferIndex(
    long teacher, BufferState head, List<String> segments, int[] slots, int[] positions) {
  static final String NAME = "buffer-index.bin";

  void write(DataOutputStream out) throws IOException {
    out.writeLong(teacher);
    head.writeHead(out);
    out.writeInt(segments.size());
    for (String segment : segments) {
      out.writeUTF(segment);
    }
    out.writeInt(slots.length);
    for (int i = 0; i < slots.length; i++) {
      out.writeInt(slots[i]);
      out.writeInt(positions[i]);
    }
  }

  static BufferIndex read(DataInputStream in) throws IOException {
    long teacher = in.readLong();
    BufferState head = BufferState.readHead(in);
    String[] segments = new String[in.readInt()];
    for (int i = 0; i < segments.length; i++) {
      segments[i] = in.readUTF();
    }
    int size = in.readInt();
    int[] slots = new int[size];
    int[] positions = new int[size];
    for (int i = 0; i < size; i++) {
      slots[i] = in.readInt();
      positions[i] = in.readInt();
    }
    return new BufferIndex(teacher, head, List.of(segments), slots, positions);
  }
}
