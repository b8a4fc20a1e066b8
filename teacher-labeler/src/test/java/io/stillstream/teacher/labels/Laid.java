package io.stillstream.teacher.labels;

import java.util.List;

/** A batch for teachers that work on the views themselves. */
public record Laid(List<Pixels> views, Runnable onClose) implements Prepared {
  public Laid(List<Pixels> views) {
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
