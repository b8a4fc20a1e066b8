package io.stillstream.local.demo.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.embedded.pipeline.InstanceSettings;
import io.stillstream.embedded.pipeline.PipelineDescription;
import io.stillstream.embedded.pipeline.ServiceSettingsFiles;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.demo.cluster.DemoCluster;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.TaskDefaults;
import io.stillstream.local.preview.PolicyLoader;
import io.stillstream.page.PageConfig;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.config.TrainerConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings of a demo's services, kept in its directory: {@code java -jar … --config} takes the
 * files as they are while the broker runs.
 */
final class DemoSettingsFiles {
  private static final String LABELER =
      """
      batch: {max-size: 32, max-delay: 50ms, buckets: [32]}
      commit-interval: 200ms
      threads: 1
      """;

  private static final String TRAINER =
      """
      checkpoint: {every: 10s}
      release: {every-steps: 250, on-stop: true}
      seed: 42
      threads: 1
      """;

  /** Embeddings have no truth. */
  private static final String LABELS_AND_REVIEW =
      """
      labels: {enabled: true}
      review: {per-minute: 6}
      """;

  private final DemoSettings settings;
  private final StateDirectory directory;
  private final DemoCluster cluster;
  private final ServiceSettingsFiles files;

  /**
   * @param student gives the size of the views
   */
  DemoSettingsFiles(
      DemoSettings settings, StateDirectory directory, ModelSpec student, DemoCluster cluster) {
    this.settings = settings;
    this.directory = directory;
    this.cluster = cluster;
    this.files =
        new ServiceSettingsFiles(
            directory.config(),
            new PipelineDescription(
                settings.teacherModel(),
                settings.studentModel(),
                settings.run().views(),
                new PipelineDescription.ViewFormat(
                    student.height(), student.width(), student.channels(), "raw"),
                operations(settings.run().policy())));
  }

  /** The operations of a policy as they were written; its output and encoding are the demo's. */
  private static String operations(String policy) {
    JsonNode written = PolicyLoader.tree(policy, System.getenv()).path("operations");
    return written.isMissingNode() ? "[]" : written.toString();
  }

  /** Writes the settings of the command line tools. */
  void tools() {
    files.clients("demo", cluster.clients(DemoCluster.DEMO));
    files.clients("admin", cluster.admin());
  }

  AugmenterConfig augmenter() {
    Map<String, String> kafka = new TreeMap<>(cluster.clients(DemoCluster.AUGMENTER));
    kafka.put("consumer.group.instance.id", "augmenter-0");
    InstanceSettings instance =
        new InstanceSettings(
            DemoCluster.AUGMENTER, "0", directory.augmenter(), kafka, "threads: 1\n");
    return load(files.augmenter(instance), AugmenterConfig.class);
  }

  LabelerConfig labeler() {
    String more = LABELER + "label: {fraction: %s}\n".formatted(settings.run().labelFraction());
    return load(
        files.labeler(instance(DemoCluster.LABELER, directory.labeler(), more)),
        LabelerConfig.class);
  }

  TrainerConfig trainer() {
    return load(
        files.trainer(
            instance(
                DemoCluster.TRAINER, directory.trainer(), training(settings.task()) + TRAINER)),
        TrainerConfig.class);
  }

  /** Batches, updates and loss of a task. */
  private static String training(ModelTask task) {
    Map<String, String> differing = TaskDefaults.of(task).training();
    String batches =
        """
        batch: {size: %s, max-delay: 15s}
        updates: %s
        """
            .formatted(
                differing.getOrDefault("batch.size", "128"),
                differing.getOrDefault("updates", "4"));
    String loss = differing.get("loss.kind");
    String asked = task == ModelTask.EMBEDDING ? "" : LABELS_AND_REVIEW;
    return batches + asked + (loss == null ? "" : "loss: {kind: %s}\n".formatted(loss));
  }

  /**
   * @param trainer URL where the trainer answers
   */
  PageConfig page(String trainer) {
    String more =
        """
        trainer: {url: "%s"}
        title: stillstream demo
        labels: {write: true}
        """
            .formatted(trainer);
    return load(files.page(instance(DemoCluster.PAGE, directory.root(), more)), PageConfig.class);
  }

  private InstanceSettings instance(String role, Path state, String more) {
    return new InstanceSettings(role, "0", state, cluster.clients(role), more);
  }

  private static <C extends Record> C load(Path file, Class<C> type) {
    return YamlSettings.load(file, type, Map.of());
  }
}
