package io.stillstream.trainer.predict;

import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.release.ModelCard;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The prediction of a classifier.
 *
 * @param classes names, in the order of the logits
 * @param probabilities one per class; they add up to 1
 */
@SuppressWarnings("ArrayRecordComponent") // made once, read once
record ClassPrediction(ModelCard card, List<String> classes, double[] probabilities)
    implements Prediction {
  /** With the most probable classes, best first; of equal ones the first. */
  @Override
  public Map<String, Object> json(int top) {
    List<Map<String, Object>> best = new ArrayList<>();
    for (int k : Logits.top(probabilities, top)) {
      best.add(named(k));
    }
    Map<String, Object> json = releaseJson();
    json.put("class", best.get(0).get("class"));
    json.put("index", best.get(0).get("index"));
    json.put("probabilities", best);
    return json;
  }

  private Map<String, Object> named(int k) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("class", classes.get(k));
    entry.put("index", k);
    entry.put("probability", probabilities[k]);
    return entry;
  }
}
