package io.stillstream.labeler.metrics;

import io.stillstream.labeler.batching.BatchCloseReason;
import io.stillstream.labeler.result.MaskTruth;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ViewAnswers;
import io.stillstream.runtime.augmentation.OperationStrength;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Metrics of which a test looks at some. */
public final class RecordingLabelerMetrics implements LabelerMetrics {
  public final List<Duration> inferences = new ArrayList<>();

  @Override
  public synchronized void inference(Duration took) {
    inferences.add(took);
  }

  @Override
  public void batchClosed(BatchCloseReason reason, int size) {}

  @Override
  public void committed(Duration took) {}

  @Override
  public void labeled(Duration age) {}

  @Override
  public void overBudget(Duration age) {}

  @Override
  public void rejected(ViewResult.Reason reason) {}

  @Override
  public void checkedAgainstTruth(boolean correct) {}

  @Override
  public void lossAgainstTruth(double loss) {}

  @Override
  public void pixelsAgainstTruth(MaskTruth.Evaluation evaluation) {}

  @Override
  public void augmentation(List<OperationStrength> keys, ViewAnswers answers) {}

  @Override
  public void recovered(Recovery kind) {}

  @Override
  public void pending(int views) {}

  @Override
  public void batchCap(String device, int cap) {}

  @Override
  public void suspects(int known) {}
}
