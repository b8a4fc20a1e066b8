package io.stillstream.page.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.IndexedPng;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * What the champion says of a view. Two of the three are null: which, follows from its task.
 *
 * @param top the most probable classes
 * @param mask of the size of the student's input
 * @param embedding [D]
 */
@SuppressWarnings("ArrayRecordComponent") // made once, read once
public record PredictedView(List<ClassProbability> top, SegmentationMask mask, float[] embedding) {
  /**
   * Of the trainer's answer.
   *
   * @throws IllegalArgumentException if it is none
   * @throws io.stillstream.schemas.image.InvalidImageException if its mask is damaged
   */
  static PredictedView of(JsonNode answer) {
    if (answer.hasNonNull("mask")) {
      String url = answer.path("mask").asText();
      byte[] png = Base64.getDecoder().decode(url.substring(url.indexOf(',') + 1));
      return new PredictedView(null, IndexedPng.decode(png), null);
    }
    if (answer.hasNonNull("embedding")) {
      JsonNode numbers = answer.path("embedding");
      float[] embedding = new float[numbers.size()];
      for (int i = 0; i < embedding.length; i++) {
        embedding[i] = (float) numbers.get(i).asDouble();
      }
      return new PredictedView(null, null, embedding);
    }
    return new PredictedView(
        StreamSupport.stream(answer.path("probabilities").spliterator(), false)
            .map(
                one ->
                    ClassProbability.of(
                        one.path("class").asText(), one.path("probability").asDouble()))
            .toList(),
        null,
        null);
  }
}
