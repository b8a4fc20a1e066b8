package io.stillstream.page.image;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import org.apache.avro.specific.SpecificRecord;

/**
 * A view out of the topic that the student learns from.
 *
 * @param labels the whole record; null if no teacher was asked
 * @param labeledAt milliseconds since the epoch, NaN without a labeler
 */
record SampledView(AugmentedView view, LabeledView labels, double labeledAt) {
  static SampledView of(SpecificRecord record) {
    if (record instanceof LabeledView labeled) {
      return new SampledView(
          labeled.getView(), labeled, (double) labeled.getLabeledAt().toEpochMilli());
    }
    return new SampledView((AugmentedView) record, null, Double.NaN);
  }

  int index() {
    return view.getLineage().getViewIndex();
  }

  String imageId() {
    return view.getLineage().getImageId();
  }
}
