package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.input.RecordVariation;
import java.time.Instant;
import java.util.List;

/** Records that are in order, though no code was written with them in mind. */
final class UnusualRecordFaults {
  private static final String IMPLAUSIBLE = "stillstream_pipeline_age_implausible_total";
  private static final int HEADER_BYTES = 100_000;

  private UnusualRecordFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "odd-records",
            "between ordinary images some of year 1, of years before and behind all calendars, and of"
                + " next year, some without a key, and some with hostile headers",
            true,
            UnusualRecordFaults::odd));
  }

  private static String odd(FaultExperiment experiment) {
    long before = experiment.sender().count();
    experiment
        .sender()
        .useVariations(
            List.of(
                RecordVariation.NONE,
                RecordVariation.captured(Instant.parse("0001-01-01T00:00:00Z")),
                RecordVariation.NONE,
                RecordVariation.captured(Instant.ofEpochMilli(Long.MIN_VALUE)),
                RecordVariation.captured(Instant.ofEpochMilli(Long.MAX_VALUE)),
                RecordVariation.NONE,
                RecordVariation.captured(Instant.now().plusSeconds(365L * 86_400)),
                RecordVariation.keyless(),
                RecordVariation.headers(HEADER_BYTES)));
    experiment.pipeline().trainer().process().runFor(experiment.scale().freeze());
    experiment.sender().useVariations(List.of(RecordVariation.NONE));
    await("each service counts odd ages")
        .until(
            () ->
                experiment.pipeline().services().stream()
                    .allMatch(service -> service.metrics().sum(IMPLAUSIBLE) > 0));
    return "%d images, 6 of 9 of them odd".formatted(experiment.sender().count() - before);
  }
}
