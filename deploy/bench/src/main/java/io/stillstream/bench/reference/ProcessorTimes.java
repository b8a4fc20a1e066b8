package io.stillstream.bench.reference;

/**
 * Processor time of the processes of a {@link ByReferenceTestbed}, nanoseconds.
 *
 * @param broker with its registry
 * @param store the server of S3
 */
record ProcessorTimes(long augmenter, long broker, long store) {
  static final ProcessorTimes NONE = new ProcessorTimes(0, 0, 0);

  ProcessorTimes plus(ProcessorTimes more) {
    return new ProcessorTimes(augmenter + more.augmenter, broker + more.broker, store + more.store);
  }

  ProcessorTimes minus(ProcessorTimes before) {
    return new ProcessorTimes(
        augmenter - before.augmenter, broker - before.broker, store - before.store);
  }
}
