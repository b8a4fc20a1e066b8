package io.stillstream.bench.load.measurement;

import io.stillstream.bench.load.delivery.DeliveryStage;
import io.stillstream.bench.load.deployment.ProcessProbe;
import java.util.Map;

/**
 * The pipeline at one snapshot.
 *
 * @param nanos since some time
 * @param processes what each process has done and holds
 * @param sent images so far
 * @param rejected images so far
 * @param done good images that have come to the end of each stage so far
 */
public record PipelineSnapshot(
    long nanos,
    Map<ProcessProbe, ProcessProbe.Snapshot> processes,
    long sent,
    long rejected,
    Map<DeliveryStage, Long> done) {

  /** Images that are under way: sent, and neither at the end nor rejected. */
  public long underWay() {
    return sent - completed();
  }

  /** Images that nothing more will happen to. */
  public long completed() {
    return rejected
        + done.get(
            done.containsKey(DeliveryStage.TRAINED)
                ? DeliveryStage.TRAINED
                : DeliveryStage.LABELED);
  }

  double secondsSince(PipelineSnapshot first) {
    return (nanos - first.nanos) / 1e9;
  }
}
