package io.stillstream.schemas.values;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import java.util.Optional;

/** The views that records hold. */
public final class RecordViews {
  private RecordViews() {}

  /** The view of a record of {@code views} or {@code labeled-views}; empty for any other record. */
  public static Optional<AugmentedView> of(Object record) {
    if (record instanceof LabeledView labeled) {
      return Optional.of(labeled.getView());
    }
    return record instanceof AugmentedView view ? Optional.of(view) : Optional.empty();
  }
}
