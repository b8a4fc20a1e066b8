package io.stillstream.trainer.predict;

import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.release.ModelCard;
import java.util.Map;

/**
 * The prediction of an embedding model.
 *
 * @param embedding [D], as the model gives it: its length is not 1
 */
@SuppressWarnings("ArrayRecordComponent") // made once, read once
record VectorPrediction(ModelCard card, float[] embedding) implements Prediction {
  @Override
  public Map<String, Object> json(int top) {
    Map<String, Object> json = releaseJson();
    json.put("task", ModelTask.EMBEDDING.key());
    json.put("embedding", embedding);
    return json;
  }
}
