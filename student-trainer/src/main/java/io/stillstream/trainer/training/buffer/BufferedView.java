package io.stillstream.trainer.training.buffer;

import io.stillstream.trainer.training.example.TrainingExample;

/**
 * A view in a buffer, and where checkpoints have it. A view that enters a buffer again is another
 * one. Where it is belongs to the thread that writes checkpoints.
 */
public final class BufferedView {
  /** What it takes on the heap besides the view, references compressed. */
  static final int OVERHEAD = 24;

  private final TrainingExample view;
  private String segment;
  private int position;

  BufferedView(TrainingExample view) {
    this.view = view;
  }

  /** A view as a checkpoint has it. */
  public BufferedView(TrainingExample view, String segment, int position) {
    this(view);
    written(segment, position);
  }

  public TrainingExample view() {
    return view;
  }

  /** The segment in which a durable checkpoint has it; null before there is one. */
  public String segment() {
    return segment;
  }

  /** Its position in the segment, from 0. */
  public int position() {
    return position;
  }

  /** A durable checkpoint has it there. */
  public void written(String inSegment, int atPosition) {
    segment = inSegment;
    position = atPosition;
  }

  /** What it takes on the heap, near enough. */
  long bytes() {
    return view.bytes() + OVERHEAD;
  }
}
