package io.stillstream.runtime.openlineage;

import io.micrometer.core.instrument.MeterRegistry;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineage.DatasetFacets;
import io.openlineage.client.OpenLineage.DatasetFacetsBuilder;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.client.OpenLineage.RunFacetsBuilder;
import java.net.URI;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A job whose runs are reported. Safe for all threads; no method waits for the lineage service.
 * Close it after the last event.
 */
public final class LineageJob implements AutoCloseable {
  private static final URI PRODUCER = URI.create("urn:stillstream");
  private static final String INTEGRATION = "STILLSTREAM";

  private final OpenLineage library = new OpenLineage(PRODUCER);
  private final RunEventSender sender;
  private final OpenLineageSettings settings;
  private final String name;
  private final Processing processing;
  private final InstantSource clock;

  /** How a job comes to its data. */
  public enum Processing {
    STREAMING,
    BATCH
  }

  LineageJob(
      RunEventSender sender,
      OpenLineageSettings settings,
      String name,
      Processing processing,
      InstantSource clock) {
    this.sender = sender;
    this.settings = settings;
    this.name = name;
    this.processing = processing;
    this.clock = clock;
  }

  /**
   * Opens the way to the lineage service.
   *
   * @param name of the job, within {@code settings.namespace}
   */
  public static LineageJob open(
      OpenLineageSettings settings,
      String name,
      Processing processing,
      MeterRegistry registry,
      InstantSource clock) {
    return new LineageJob(
        RunEventSender.open(settings, registry), settings, name, processing, clock);
  }

  public String namespace() {
    return settings.namespace();
  }

  public void start(UUID run, List<LineageDataset> inputs, List<LineageDataset> outputs) {
    send(EventType.START, run, inputs, outputs, Optional.empty());
  }

  public void running(UUID run, List<LineageDataset> inputs, List<LineageDataset> outputs) {
    send(EventType.RUNNING, run, inputs, outputs, Optional.empty());
  }

  public void complete(UUID run, List<LineageDataset> inputs, List<LineageDataset> outputs) {
    send(EventType.COMPLETE, run, inputs, outputs, Optional.empty());
  }

  /**
   * @param reason one sentence
   */
  public void fail(
      UUID run, List<LineageDataset> inputs, List<LineageDataset> outputs, String reason) {
    send(EventType.FAIL, run, inputs, outputs, Optional.of(reason));
  }

  private void send(
      EventType type,
      UUID run,
      List<LineageDataset> inputs,
      List<LineageDataset> outputs,
      Optional<String> failure) {
    RunFacetsBuilder facets = library.newRunFacetsBuilder();
    failure.ifPresent(
        reason -> facets.errorMessage(library.newErrorMessageRunFacet(reason, "Java", null)));
    sender.send(
        library
            .newRunEventBuilder()
            .eventTime(clock.instant().atZone(ZoneOffset.UTC))
            .eventType(type)
            .run(library.newRunBuilder().runId(run).facets(facets.build()).build())
            .job(
                library
                    .newJobBuilder()
                    .namespace(settings.namespace())
                    .name(name)
                    .facets(
                        library
                            .newJobFacetsBuilder()
                            .jobType(
                                library
                                    .newJobTypeJobFacetBuilder()
                                    .processingType(processing.name())
                                    .integration(INTEGRATION)
                                    .jobType("JOB")
                                    .build())
                            .build())
                    .build())
            .inputs(
                inputs.stream()
                    .map(
                        input ->
                            library
                                .newInputDatasetBuilder()
                                .namespace(input.namespace())
                                .name(input.name())
                                .facets(facets(input))
                                .build())
                    .toList())
            .outputs(
                outputs.stream()
                    .map(
                        output ->
                            library
                                .newOutputDatasetBuilder()
                                .namespace(output.namespace())
                                .name(output.name())
                                .facets(facets(output))
                                .build())
                    .toList())
            .build());
  }

  private DatasetFacets facets(LineageDataset dataset) {
    DatasetFacetsBuilder facets =
        library
            .newDatasetFacetsBuilder()
            .datasetType(library.newDatasetTypeDatasetFacet(dataset.type(), null));
    dataset
        .version()
        .ifPresent(version -> facets.version(library.newDatasetVersionDatasetFacet(version)));
    dataset
        .sha256()
        .ifPresent(
            sha256 ->
                facets.tags(
                    library.newTagsDatasetFacet(
                        List.of(
                            library
                                .newTagsDatasetFacetFieldsBuilder()
                                .key("sha256")
                                .value(sha256)
                                .source(INTEGRATION)
                                .build()))));
    dataset
        .uri()
        .ifPresent(
            uri -> facets.dataSource(library.newDatasourceDatasetFacet(dataset.name(), uri)));
    return facets.build();
  }

  @Override
  public void close() {
    sender.close();
  }
}
