package io.stillstream.faults.injection;

import io.stillstream.faults.experiment.Fault;
import java.util.List;
import java.util.stream.Stream;

/** Everything that the suite does. */
public final class FaultCatalog {
  private FaultCatalog() {}

  /** In the order in which it is done. */
  public static List<Fault> all() {
    return Stream.of(
            ProcessStopFaults.all(),
            OutageFaults.all(),
            DiskFaults.all(),
            TopicRecreationFaults.all(),
            FencingFaults.all(),
            HangingTransactionFaults.all(),
            NodeLossFaults.all(),
            FailoverFaults.all(),
            MergeBufferFaults.all(),
            EvaluationFaults.all(),
            TopicDeletionFaults.all(),
            SlownessAndRebalanceFaults.all(),
            ResourceExhaustionFaults.all(),
            UnusualRecordFaults.all(),
            RemoteTeacherFaults.all(),
            ObjectFaults.all(),
            LateLabelFaults.all(),
            ClockFaults.all(),
            RandomKillFaults.all())
        .flatMap(List::stream)
        .toList();
  }
}
