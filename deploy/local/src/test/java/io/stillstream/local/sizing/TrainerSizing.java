package io.stillstream.local.sizing;

/** What a trainer with its default settings keeps of a stream: in memory, on disk, in a store. */
final class TrainerSizing {
  /** What a view takes on the heap besides pixels, answer and mask, its place in the buffer too. */
  static final int HEAP_VIEW = 136 + 24;

  /** The same of an answer, and of one that is kept with its shape. */
  static final int HEAP_ANSWER = 40;

  static final int HEAP_PACKED_ANSWER = 72;

  /** The same of a mask. */
  static final int HEAP_MASK = 16;

  /** In a checkpoint: lengths, kinds, teacher and image; and a place in the index. */
  static final int SAVED_VIEW = 4 + 2 + 4 + 8 + 8;

  static final int SAVED_PLACE = 8;
  static final int SAVED_LABEL = 12;
  static final int SAVED_ANSWER = 4;
  static final int SAVED_PACKED_ANSWER = 1 + 16 + 4;
  static final int SAVED_MASK = 4;

  /** Weights, average, and two numbers of AdamW for each parameter; Muon needs one of them. */
  static final int MODEL_BYTES_PER_PARAMETER = 4 + 4 + 8;

  /** Code and structure of a TorchScript file, of a small student. */
  static final int TORCH_SCRIPT = 40_000;

  /** {@code student.pt} and {@code student.onnx}. */
  static final int RELEASE_BYTES_PER_PARAMETER = 4 + 4;

  /** Segments of the checkpoints that are kept, over the buffer. */
  static final double SEGMENT_FACTOR = 2.5;

  /** {@code checkpoint.keep} and {@code store.keep}, each with one that is being written. */
  static final int CHECKPOINTS = 3 + 1;

  static final int STORED_CHECKPOINTS = 2 + 1;

  /** {@code release.keep} of the newest, and of champions. */
  static final int RELEASES = 2 * 10;

  /** A line of the ledger without partitions and steps. */
  static final int LEDGER_LINE = 186;

  static final int LEDGER_PARTITION = 26;
  static final int LEDGER_STEP = 20;

  static final int BATCH_VIEWS = 128;
  static final long BATCH_SECONDS = 30;
  static final int UPDATES = 4;
  private static final double SECONDS_PER_YEAR = 365 * StreamSizing.SECONDS_PER_DAY;

  private final SizedStream stream;

  TrainerSizing(SizedStream stream) {
    this.stream = stream;
  }

  /** Full batches, or shorter ones when {@code batch.max-delay} has passed. */
  static double batchesPerSecond(SizedStream stream) {
    return Math.max(stream.viewsPerSecond() / BATCH_VIEWS, 1.0 / BATCH_SECONDS);
  }

  static double stepsPerSecond(SizedStream stream) {
    return UPDATES * batchesPerSecond(stream);
  }

  long heapBytesPerView() {
    long mask = stream.view().maskBytes();
    return HEAP_VIEW
        + stream.view().pixelBytes()
        + (stream.answer().packed() ? HEAP_PACKED_ANSWER : HEAP_ANSWER)
        + stream.answer().packedBytes()
        + (mask == 0 ? 0 : HEAP_MASK + mask);
  }

  long savedBytesPerView() {
    long mask = stream.view().maskBytes();
    return SAVED_PLACE
        + SAVED_VIEW
        + stream.view().pixelBytes()
        + (stream.answer().packed() ? SAVED_PACKED_ANSWER : SAVED_ANSWER)
        + stream.answer().packedBytes()
        + (stream.image().labeled() ? SAVED_LABEL : 0)
        + (mask == 0 ? 0 : SAVED_MASK + mask);
  }

  long heapBytes() {
    return stream.bufferViews() * heapBytesPerView();
  }

  long savedBytes() {
    return stream.bufferViews() * savedBytesPerView();
  }

  /** Weights, average and optimiser of one checkpoint. */
  long modelBytes() {
    return 2 * TORCH_SCRIPT + MODEL_BYTES_PER_PARAMETER * stream.parameters();
  }

  long releaseBytes() {
    return RELEASES * (TORCH_SCRIPT + RELEASE_BYTES_PER_PARAMETER * stream.parameters());
  }

  long diskBytes() {
    return Math.round(SEGMENT_FACTOR * savedBytes()) + CHECKPOINTS * modelBytes() + releaseBytes();
  }

  long storeBytes() {
    return Math.round(SEGMENT_FACTOR * savedBytes())
        + STORED_CHECKPOINTS * modelBytes()
        + releaseBytes();
  }

  static long ledgerLineBytes() {
    return LEDGER_LINE + StreamSizing.PARTITIONS * LEDGER_PARTITION + UPDATES * LEDGER_STEP;
  }

  double ledgerBytesPerYear() {
    return batchesPerSecond(stream) * SECONDS_PER_YEAR * ledgerLineBytes();
  }
}
