package io.stillstream.trainer.checkpoint.store;

/**
 * How far a partition of the topic of labels has been read.
 *
 * @param position where reading goes on: all before it come before the first view that is read
 *     again
 * @param applied the offset after the last label that is in the checkpoint; not before {@code
 *     position}. Labels in between are read again, as views before them are, but have their effect
 *     already
 */
public record LabelOffset(long position, long applied) {}
