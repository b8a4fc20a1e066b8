package io.stillstream.student.trace;

import io.stillstream.runtime.Coordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;

/**
 * A view as a topic holds it.
 *
 * @param labels the whole record; null where it stands in a topic of views
 */
record Sighting(Coordinates at, AugmentedView view, LabeledView labels) {

  int index() {
    return view.getLineage().getViewIndex();
  }

  int count() {
    return view.getLineage().getViewCount();
  }

  /** Where the image stood first. */
  Coordinates origin() {
    Lineage lineage = view.getLineage();
    return new Coordinates(
        lineage.getOriginTopic(), lineage.getOriginPartition(), lineage.getOriginOffset());
  }
}
