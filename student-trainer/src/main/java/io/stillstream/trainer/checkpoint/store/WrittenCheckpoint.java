package io.stillstream.trainer.checkpoint.store;

/**
 * A checkpoint that has become durable.
 *
 * @param sequence its number
 * @param fileBytes written to files of its own
 * @param segmentBytes written to a new segment; 0 without one
 */
public record WrittenCheckpoint(long sequence, long fileBytes, long segmentBytes) {}
