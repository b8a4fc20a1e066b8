package io.stillstream.bench.labeler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.bench.input.SettingsOverrides;
import io.stillstream.bench.testbed.KafkaTestbed;
import io.stillstream.labeler.LabelerService;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** The labeler with exactly-once over a broker in this JVM, and the views that it reads. */
final class LabelerTestbed implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final KafkaTestbed kafka;
  private final LabelerConfig config;
  private final List<byte[]> views;

  /**
   * Starts broker and registry.
   *
   * @param directory for them
   * @param settings of the labeler, which win over those of the setup
   */
  LabelerTestbed(Path directory, InferenceSetup setup, Map<String, String> settings) {
    this(directory, setup, TextNode.valueOf(setup.teacher().file().toString()), settings);
  }

  /**
   * The same with the teacher elsewhere.
   *
   * @param teacher the labeler's setting
   */
  LabelerTestbed(
      Path directory, InferenceSetup setup, JsonNode teacher, Map<String, String> settings) {
    kafka = new KafkaTestbed(directory);
    config = config(directory, kafka.clients(), setup, teacher, settings);
    views =
        kafka.serialize(
            Topics.VIEWS, setup.images().stream().map(image -> view(setup, image)).toList());
  }

  /** Threads that do not belong to the labeler. */
  ThreadGroup dependencyThreads() {
    return kafka.serverThreads();
  }

  /** A new labeler, not started yet. */
  LabelerService labeler(MeterRegistry meters) {
    return new LabelerService(config, meters);
  }

  /** Views sent so far. */
  long sent() {
    return kafka.sent();
  }

  /** Sends more views, and returns when the broker has them. */
  void send(long count) {
    kafka.send(Topics.VIEWS, views, count);
  }

  /** The settings of a service's file; all others have their defaults. */
  private static LabelerConfig config(
      Path directory,
      Map<String, String> kafka,
      InferenceSetup setup,
      JsonNode teacher,
      Map<String, String> settings) {
    ObjectNode tree = JSON.createObjectNode();
    tree.set("teacher", teacher);
    tree.put("threads", setup.threads());
    tree.put("devices", setup.gpu() ? "gpu0" : "cpu");
    tree.put("state-directory", directory.resolve("labeler").toString());
    tree.putObject("batch").put("max-size", setup.batch());
    tree.set("kafka", JSON.valueToTree(kafka));
    String yaml = SettingsOverrides.with(tree.toString(), settings);
    return YamlSettings.parse(yaml, LabelerConfig.class, Map.of());
  }

  private static AugmentedView view(InferenceSetup setup, byte[] image) {
    int height = setup.teacher().height();
    int width = setup.teacher().width();
    int channels = setup.teacher().channels();
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return AugmentedView.newBuilder()
        .setLineage(new Lineage("images", 0, 0L, "image-00000000", 0, 1, 42L, "policy", null, null))
        .setRecipe(new Recipe(1, List.of(), null))
        .setEncoding(setup.encoding())
        .setHeight(height)
        .setWidth(width)
        .setChannels(channels)
        .setPixels(PixelCodec.encode(setup.encoding(), height, width, channels, image))
        .setCapturedAt(now)
        .setAugmentedAt(now)
        .build();
  }

  @Override
  public void close() {
    kafka.close();
  }
}
