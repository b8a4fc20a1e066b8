package io.stillstream.labeler.model;

import java.util.List;

/** A batch for teachers that work on the views themselves. */
public record FakeDeviceBatch(List<Pixels> views, Runnable onClose) implements DeviceBatch {
  public FakeDeviceBatch(List<Pixels> views) {
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
