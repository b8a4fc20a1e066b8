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

  static ProcessUsage of(ProcessProbe member, List<PipelineSnapshot> looks) {
    PipelineSnapshot first = looks.get(0);
    PipelineSnapshot last = looks.get(looks.size() - 1);
    double cpu = last.members().get(member).cpuNanos() - first.members().get(member).cpuNanos();
    long images = last.completed() - first.completed();
    return new ProcessUsage(
        member.name(),
        member.role().toString(),
        cpu / 1e6 / images,
        cpu / 1e9 / last.secondsSince(first),
        memory(member, looks, ProcessProbe.Snapshot::resident),
        memory(member, looks, ProcessProbe.Snapshot::outsideOfJava),
        memory(member, looks, ProcessProbe.Snapshot::heap));
  }

  private static Memory memory(
      ProcessProbe member,
      List<PipelineSnapshot> looks,
      ToDoubleFunction<ProcessProbe.Snapshot> quantity) {
    double[] hours =
        looks.stream()
            .mapToDouble(look -> look.secondsSince(looks.get(0)) / SECONDS_PER_HOUR)
            .toArray();
    double[] megabytes =
        looks.stream()
            .mapToDouble(look -> quantity.applyAsDouble(look.members().get(member)) / MEGABYTE)
            .toArray();
    return new Memory(
        megabytes[0], megabytes[megabytes.length - 1], TheilSenEstimator.slope(hours, megabytes));
  }
}
