package io.stillstream.trainer.predict;

import io.stillstream.trainer.release.ModelCard;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a champion says of an image; of which kind it is follows from the student's task. */
sealed interface Prediction permits ClassPrediction, MaskPrediction, VectorPrediction {
  /** Of the release that answered. */
  ModelCard card();

  /**
   * As JSON.
   *
   * @param top how many classes; counts for a classifier only
   */
  Map<String, Object> json(int top);

  /** As a PNG file; empty for what is no picture. */
  default Optional<byte[]> png() {
    return Optional.empty();
  }

  /** What the JSON of every prediction begins with. */
  default Map<String, Object> releaseJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("student", card().student());
    json.put("version", card().version());
    json.put("sha256", card().sha256());
    json.put("step", card().step());
    return json;
  }
}
