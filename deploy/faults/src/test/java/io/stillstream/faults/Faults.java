package io.stillstream.faults;

import java.util.List;
import java.util.stream.Stream;

/** Everything that the suite does. */
final class Faults {
  private Faults() {}

  /** In the order in which it is done. */
  static List<Fault> all() {
    return Stream.of(
            Stops.all(),
            Outages.all(),
            DiskFaults.all(),
            OffsetFaults.all(),
            FencingFaults.all(),
            MergeFaults.all(),
            EvaluationFaults.all(),
            TopicFaults.all(),
            Crowds.all(),
            ImageFaults.all(),
            RecordFaults.all(),
            ClockFaults.all(),
            RandomKills.all())
        .flatMap(List::stream)
        .toList();
  }
}
