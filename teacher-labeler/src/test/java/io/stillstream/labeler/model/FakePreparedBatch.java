package io.stillstream.labeler.model;

import java.util.List;

/** A batch for teachers that work on the views themselves. */
public record FakePreparedBatch(List<Pixels> views, Runnable onClose) implements PreparedBatch {
  public FakePreparedBatch(List<Pixels> views) {
    this(views, () -> {});
  }

  @Override
  public int size() {
    return views.size();
  }

  @Override
  public void close() {
    onClose.run();
  }
}
