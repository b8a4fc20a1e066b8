package io.stillstream.local.replay;

import io.stillstream.runtime.Coordinates;
import io.stillstream.schemas.AugmentedView;

/**
 * A view as a topic holds it.
 *
 * @param at where its record stands
 * @param view the view; of a labelled one without its labels
 */
public record RecordedView(Coordinates at, AugmentedView view) {
  /** Where the image stood that it was made of. */
  Coordinates origin() {
    return new Coordinates(
        view.getLineage().getOriginTopic(),
        view.getLineage().getOriginPartition(),
        view.getLineage().getOriginOffset());
  }
}
