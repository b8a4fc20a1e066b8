package io.stillstream.trainer.trace;

import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;

/**
 * A view as a topic holds it.
 *
 * @param timestamp of the record, milliseconds since the epoch
 * @param labels the whole record; null where it stands in a topic of views
 */
record FoundView(RecordCoordinates at, long timestamp, AugmentedView view, LabeledView labels) {

  int index() {
    return view.getLineage().getViewIndex();
  }

  int count() {
    return view.getLineage().getViewCount();
  }

  /** Where the image stood first. */
  RecordCoordinates origin() {
    Lineage lineage = view.getLineage();
    return new RecordCoordinates(
        lineage.getOriginTopic(), lineage.getOriginPartition(), lineage.getOriginOffset());
  }
}
