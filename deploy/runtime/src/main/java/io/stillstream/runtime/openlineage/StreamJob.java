package io.stillstream.runtime.openlineage;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A job that reads topics and writes topics for as long as its process lives.
 *
 * @param settings where its runs are reported
 * @param kafka settings of its clients
 * @param group consumer group, and name of the job
 * @param inputs topics that it reads
 * @param outputs topics that it writes
 * @param models that it uses now; asked for each event, from any thread
 */
public record StreamJob(
    OpenLineageSettings settings,
    Map<String, String> kafka,
    String group,
    List<String> inputs,
    List<String> outputs,
    Supplier<List<LineageDataset>> models) {
  public StreamJob {
    kafka = Map.copyOf(kafka);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
