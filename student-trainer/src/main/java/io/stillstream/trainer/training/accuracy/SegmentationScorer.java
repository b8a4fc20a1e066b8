package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.answer.ConfusionMatrix;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Scores logits [K, h, w] on the grid of the answer: the most probable class of each cell is
 * compared with the mask's pixel at the cell's centre, or else with the teacher's class. Cells
 * whose truth is {@link SegmentationMask#IGNORE} never count, whatever they are compared with.
 */
final class SegmentationScorer implements TaskScorer {
  private final OutputShape output;

  SegmentationScorer(OutputShape output) {
    this.output = output;
  }

  @Override
  public boolean counts(TrainingExample view) {
    return view.hasMask() || view.hasAnswer();
  }

  @Override
  public OriginalOutcome outcome(TrainingExample view, float[] answers, int index) {
    SegmentationMask teacher = teacher(view);
    SegmentationMask student = student(answers, index);
    return PixelOutcome.of(truth(view), teacher, student, output.channels())
        .with(CellAnswers.of(view, student, teacher, output.stride()));
  }

  @Override
  public PrequentialTracker tracker(int capacity) {
    return new SegmentationWindow(capacity, output.channels());
  }

  @Override
  public Accumulator accumulator() {
    return new PixelAccumulator();
  }

  @Override
  public double[] scores(TrainingExample view, GateMetric by, int index, List<float[]> answers) {
    SegmentationMask reference = reference(view, by);
    return answers.stream()
        .mapToDouble(rows -> reference == null ? Double.NaN : meanIou(reference, rows, index))
        .toArray();
  }

  /** NaN if no cell counts. */
  private double meanIou(SegmentationMask reference, float[] answers, int index) {
    ConfusionMatrix cells = new ConfusionMatrix(output.channels());
    cells.add(reference, student(answers, index));
    return cells.meanIou();
  }

  private SegmentationMask student(float[] answers, int index) {
    int from = index * output.size();
    return SegmentationMask.ofCells(
        Arrays.copyOfRange(answers, from, from + output.size()), output);
  }

  private SegmentationMask truth(TrainingExample view) {
    return view.hasMask() ? view.mask().subsampled(output.stride()) : null;
  }

  private SegmentationMask teacher(TrainingExample view) {
    return view.hasAnswer() ? SegmentationMask.ofCells(view.logits(), output) : null;
  }

  /** What answers are compared with; null if the view does not count. */
  private SegmentationMask reference(TrainingExample view, GateMetric by) {
    SegmentationMask truth = truth(view);
    if (by != GateMetric.AGREEMENT && truth != null) {
      return truth;
    }
    SegmentationMask teacher = by == GateMetric.ACCURACY ? null : teacher(view);
    return truth == null || teacher == null ? teacher : withoutIgnored(teacher, truth);
  }

  private static SegmentationMask withoutIgnored(SegmentationMask teacher, SegmentationMask truth) {
    byte[] classes = teacher.classes().clone();
    for (int i = 0; i < classes.length; i++) {
      classes[i] = truth.at(i) == SegmentationMask.IGNORE ? truth.classes()[i] : classes[i];
    }
    return new SegmentationMask(teacher.height(), teacher.width(), classes);
  }

  private final class PixelAccumulator implements Accumulator {
    private final ConfusionMatrix cells = new ConfusionMatrix(output.channels());
    private int examples;

    @Override
    public void add(TrainingExample view, float[] answers, int index) {
      SegmentationMask reference = reference(view, GateMetric.AUTO);
      if (reference != null) {
        cells.add(reference, student(answers, index));
        examples++;
      }
    }

    /** Without a cell that counts there are no examples. */
    @Override
    public EvaluationResult result() {
      if (cells.pixels() == 0) {
        return EvaluationResult.none();
      }
      double meanIou = cells.meanIou();
      return new EvaluationResult(
          examples,
          meanIou,
          Map.of(
              Measure.HELD_OUT_MEAN_IOU,
              meanIou,
              Measure.HELD_OUT_PIXEL_ACCURACY,
              cells.pixelAccuracy()),
          output.channels() <= EvaluationResult.MOST_CONFUSED_CLASSES
              ? Optional.of(cells)
              : Optional.empty());
    }
  }
}
