package io.stillstream.faults.pipeline;

import io.stillstream.embedded.pipeline.InstanceSettings;
import io.stillstream.embedded.pipeline.PipelineDescription;
import io.stillstream.embedded.pipeline.ServiceSettingsFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The services' settings, as files. Sessions and transactions end sooner than by default, and
 * checkpoints come more often, so that more happens in less time; all else is as operators have it.
 */
public final class FaultSettingsFiles {
  public static final int VIEWS = 4;

  private static final String MANAGEMENT = "management: {host: 127.0.0.1, port: 0}\n";

  private final Path home;
  private final Path directory;
  private final Map<String, String> kafka = new TreeMap<>();
  private final ServiceSettingsFiles files;

  /**
   * @param home the project's directory
   * @param directory of files and state
   */
  FaultSettingsFiles(Path home, Path directory, String bootstrapServers, String registryUrl) {
    this.home = home;
    this.directory = directory;
    kafka.put("bootstrap.servers", bootstrapServers);
    kafka.put("schema.registry.url", registryUrl);
    kafka.put("stillstream.unknown.id.timeout.ms", "500");
    files =
        new ServiceSettingsFiles(
            directory,
            new PipelineDescription(
                home.resolve("deploy/models/fashion-mnist-mlp128"),
                home.resolve("deploy/models/mlp"),
                VIEWS,
                new PipelineDescription.ViewFormat(28, 28, 1, "raw"),
                PipelineDescription.MILD_OPERATIONS));
  }

  public Path home() {
    return home;
  }

  public Path directory() {
    return directory;
  }

  void augmenter(String id) {
    augmenter(id, "");
  }

  /** The first augmenter's, as usual. */
  public void augmenter() {
    augmenter("0");
  }

  /**
   * The first augmenter's, otherwise than usual.
   *
   * @param more settings, YAML
   */
  public void augmenterWith(String more) {
    augmenter("0", more);
  }

  private void augmenter(String id, String more) {
    Map<String, String> clients = shortSessions();
    clients.put("consumer.group.instance.id", "augmenter-" + id);
    files.augmenter(
        new InstanceSettings(
            "augmenter-" + id,
            id,
            directory.resolve("streams-" + id),
            clients,
            "max-pixels: 1000000\n" + MANAGEMENT + more));
  }

  void labeler(String id) {
    files.labeler(labelerInstance(id));
  }

  /** The first labeler's, with the usual teacher. */
  public void labeler() {
    labeler("0");
  }

  /**
   * The first labeler's, with another teacher.
   *
   * @param teacher the setting's value, in YAML's flow style
   */
  public void labelerWith(String teacher) {
    files.labeler(labelerInstance("0"), teacher);
  }

  private InstanceSettings labelerInstance(String id) {
    Map<String, String> clients = shortSessions();
    clients.put("producer.transaction.timeout.ms", "5000");
    String more = "batch: {max-size: 64, max-delay: 50ms}\ncommit-interval: 200ms\n" + MANAGEMENT;
    return new InstanceSettings("labeler-" + id, id, directory.resolve("labeler"), clients, more);
  }

  public void trainer() {
    trainer(500, "");
  }

  /**
   * The trainer's, otherwise than usual.
   *
   * @param everySteps steps between releases
   * @param more settings, YAML
   */
  public void trainer(int everySteps, String more) {
    trainer("trainer", trainerDirectory(), everySteps, more);
  }

  /**
   * One more trainer.
   *
   * @param more settings, YAML
   */
  void trainer(String name, Path itsDirectory, String more) {
    trainer(name, itsDirectory, 500, more);
  }

  private void trainer(String name, Path itsDirectory, int everySteps, String more) {
    String all =
        """
        batch: {size: 32, max-delay: 1s}
        updates: 1
        merge: {max-wait: 500ms, max-bytes: 16777216}
        buffer: {views: 2000}
        checkpoint: {every: 1s}
        ledger: {segment-bytes: 16384}
        release: {every-steps: %d}
        """
            .formatted(everySteps);
    files.trainer(new InstanceSettings(name, "0", itsDirectory, kafka, all + MANAGEMENT + more));
  }

  Path trainerDirectory() {
    return directory.resolve("disk/trainer");
  }

  private Map<String, String> shortSessions() {
    Map<String, String> clients = new TreeMap<>(kafka);
    clients.put("session.timeout.ms", "6000");
    clients.put("heartbeat.interval.ms", "1000");
    return clients;
  }
}
