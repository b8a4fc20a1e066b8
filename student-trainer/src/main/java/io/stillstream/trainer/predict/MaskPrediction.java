package io.stillstream.trainer.predict;

import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.IndexedPng;
import io.stillstream.schemas.image.PngDataUrl;
import io.stillstream.trainer.release.ModelCard;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The prediction of a segmentation model.
 *
 * @param classes names, in the order of the logits
 * @param mask the most probable class of each pixel, at the size of the model's input
 */
record MaskPrediction(ModelCard card, List<String> classes, SegmentationMask mask)
    implements Prediction {
  /** With the mask as a {@code data:} URL of an indexed PNG file. */
  @Override
  public Map<String, Object> json(int top) {
    Map<String, Object> json = releaseJson();
    json.put("task", ModelTask.SEGMENTATION.key());
    json.put("height", mask.height());
    json.put("width", mask.width());
    json.put("classes", classes);
    json.put("mask", PngDataUrl.url(IndexedPng.encode(mask)));
    return json;
  }

  @Override
  public Optional<byte[]> png() {
    return Optional.of(IndexedPng.encode(mask));
  }
}
