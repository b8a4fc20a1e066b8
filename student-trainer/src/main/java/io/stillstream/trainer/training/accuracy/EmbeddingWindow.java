package io.stillstream.trainer.training.accuracy;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The mean cosine of the student's embeddings with the teacher's, on the latest originals. */
public final class EmbeddingWindow implements PrequentialTracker {
  /** Before the cosines in base 64. */
  private static final String FORM = "e1:";

  private final LatestOutcomes<EmbeddingOutcome> outcomes;

  /**
   * @param capacity in images, at least 1
   */
  public EmbeddingWindow(int capacity) {
    outcomes = new LatestOutcomes<>(capacity);
  }

  @Override
  public void add(OriginalOutcome outcome) {
    EmbeddingOutcome unused = outcomes.add((EmbeddingOutcome) outcome);
  }

  @Override
  public int size() {
    return outcomes.size();
  }

  @Override
  public int taught() {
    return outcomes.taught();
  }

  @Override
  public EmbeddingWindow newest(long taught) {
    int kept = outcomes.newest(taught);
    EmbeddingWindow newest = new EmbeddingWindow(Math.max(1, kept));
    for (int i = size() - kept; i < size(); i++) {
      newest.add(outcomes.get(i));
    }
    return newest;
  }

  /** Empty: no truth is known. */
  @Override
  public OptionalDouble studentAccuracy() {
    return OptionalDouble.empty();
  }

  /** Mean cosine, −1 to 1. */
  @Override
  public OptionalDouble agreement() {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < size(); i++) {
      if (outcomes.get(i).isTaught()) {
        sum += outcomes.get(i).cosine();
        count++;
      }
    }
    return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / count);
  }

  @Override
  public Map<Measure, Double> measures() {
    OptionalDouble cosine = agreement();
    return cosine.isPresent() ? Map.of(Measure.PREQUENTIAL_COSINE, cosine.getAsDouble()) : Map.of();
  }

  @Override
  public double[] classScores(int k) {
    return new double[0];
  }

  @Override
  public Optional<long[][]> confusion(int k) {
    return Optional.empty();
  }

  @Override
  public String save() {
    ByteBuffer bytes = ByteBuffer.allocate(size() * Float.BYTES);
    for (int i = 0; i < size(); i++) {
      bytes.putFloat(outcomes.get(i).cosine());
    }
    return FORM + Base64.getEncoder().encodeToString(bytes.array());
  }

  @Override
  public void restore(String saved) {
    outcomes.clear();
    if (saved.startsWith(FORM)) {
      ByteBuffer bytes =
          ByteBuffer.wrap(Base64.getDecoder().decode(saved.substring(FORM.length())));
      while (bytes.hasRemaining()) {
        add(new EmbeddingOutcome(bytes.getFloat()));
      }
    }
  }
}
