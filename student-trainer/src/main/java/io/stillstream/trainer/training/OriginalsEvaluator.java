package io.stillstream.trainer.training;

import io.stillstream.trainer.training.accuracy.OriginalOutcome;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.comparison.BaselineComparison;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.List;

/** Predicts the originals among fresh views, before the student trains on them. Changes nothing. */
final class OriginalsEvaluator {
  private final Student student;
  private final BatchBuilder batches;
  private final TaskScorer scorer;

  OriginalsEvaluator(Student student, BatchBuilder batches) {
    this.student = student;
    this.batches = batches;
    this.scorer = TaskScorer.of(batches.output());
  }

  EvaluatedOriginals evaluate(List<TrainingExample> fresh, BaselineComparison baseline) {
    List<TrainingExample> originals = fresh.stream().filter(TrainingExample::isOriginal).toList();
    if (originals.isEmpty()) {
      return EvaluatedOriginals.NONE;
    }
    TrainingBatch batch = batches.build(originals);
    float[] answers = student.predict(batch);
    List<OriginalOutcome> outcomes = new ArrayList<>(originals.size());
    for (int i = 0; i < originals.size(); i++) {
      outcomes.add(scorer.outcome(originals.get(i), answers, i));
    }
    return new EvaluatedOriginals(outcomes, baseline.compare(originals, batch, answers), answers);
  }
}
