package io.stillstream.bench.load.measurement;

import io.stillstream.bench.load.deployment.ProcessProbe;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a process took during a measurement.
 *
 * @param cpuMillisPerImage processor time by the images that the pipeline has dealt with
 * @param cores that it kept busy
 * @param resident memory in the middle of it
 * @param outsideOfJava of it what native libraries hold
 * @param heap in use, garbage included
 */
public record ProcessUsage(
    String process,
    String role,
    double cpuMillisPerImage,
    double cores,
    Memory resident,
    Memory outsideOfJava,
    Memory heap) {
  private static final double MEGABYTE = 1 << 20;
  private static final double SECONDS_PER_HOUR = 3600;

  /**
   * One quantity, megabytes.
   *
   * @param perHour its slope (Theil-Sen); says nothing for a measurement of a minute
   */
  public record Memory(double first, double last, double perHour) {}

  static ProcessUsage of(ProcessProbe process, List<PipelineSnapshot> snapshots) {
    PipelineSnapshot first = snapshots.get(0);
    PipelineSnapshot last = snapshots.get(snapshots.size() - 1);
    double cpu =
        last.processes().get(process).cpuNanos() - first.processes().get(process).cpuNanos();
    long images = last.completed() - first.completed();
    return new ProcessUsage(
        process.name(),
        process.role().toString(),
        cpu / 1e6 / images,
        cpu / 1e9 / last.secondsSince(first),
        memory(process, snapshots, ProcessProbe.Snapshot::resident),
        memory(process, snapshots, ProcessProbe.Snapshot::outsideOfJava),
        memory(process, snapshots, ProcessProbe.Snapshot::heap));
  }

  private static Memory memory(
      ProcessProbe process,
      List<PipelineSnapshot> snapshots,
      ToDoubleFunction<ProcessProbe.Snapshot> quantity) {
    double[] hours =
        snapshots.stream()
            .mapToDouble(snapshot -> snapshot.secondsSince(snapshots.get(0)) / SECONDS_PER_HOUR)
            .toArray();
    double[] megabytes =
        snapshots.stream()
            .mapToDouble(
                snapshot -> quantity.applyAsDouble(snapshot.processes().get(process)) / MEGABYTE)
            .toArray();
    return new Memory(
        megabytes[0], megabytes[megabytes.length - 1], TheilSenEstimator.slope(hours, megabytes));
  }
}
