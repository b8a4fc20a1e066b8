package io.stillstream.local.replay;

import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;

/**
 * A view as a topic holds it.
 *
 * @param at where its record stands
 * @param view the view; of a labelled one without its labels
 */
public record RecordedView(RecordCoordinates at, AugmentedView view) {
  /** Where the image stood that it was made of. */
  RecordCoordinates origin() {
    return new RecordCoordinates(
        view.getLineage().getOriginTopic(),
        view.getLineage().getOriginPartition(),
        view.getLineage().getOriginOffset());
  }
}
