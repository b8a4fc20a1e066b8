package io.stillstream.faults.input;

/** Where a record stands. */
public record RecordPosition(int partition, long offset) implements Comparable<RecordPosition> {
  @Override
  public int compareTo(RecordPosition other) {
    return partition == other.partition
        ? Long.compare(offset, other.offset)
        : Integer.compare(partition, other.partition);
  }

  @Override
  public String toString() {
    return partition + "/" + offset;
  }
}
