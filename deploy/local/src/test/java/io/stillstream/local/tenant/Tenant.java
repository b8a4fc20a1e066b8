package io.stillstream.local.tenant;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.AugmenterService;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.embedded.pipeline.InstanceSettings;
import io.stillstream.embedded.pipeline.PipelineDescription;
import io.stillstream.embedded.pipeline.ServiceSettingsFiles;
import io.stillstream.labeler.LabelerService;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.page.PageConfig;
import io.stillstream.page.PageService;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.service.Service;
import io.stillstream.trainer.TrainerService;
import io.stillstream.trainer.config.TrainerConfig;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * The settings of one pipeline of several on a cluster, whose names have a prefix, and its files.
 */
final class Tenant {
  static final int VIEWS = 4;
  private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();
  private static final int SIZE = 28;
  private static final String NO_TRAINER = "http://127.0.0.1:1";

  private final String name;
  private final Path directory;
  private final Map<String, String> clients;
  private final ServiceSettingsFiles files;

  /**
   * Writes the settings of its tools, and its student.
   *
   * @param name its user, what its ids of images begin with, and before a "." its prefix
   */
  Tenant(String name, Path directory, Map<String, String> clients) throws IOException {
    this.name = name;
    this.directory = Files.createDirectories(directory);
    this.clients = clients;
    this.files =
        new ServiceSettingsFiles(
            directory,
            new PipelineDescription(
                MODELS.resolve("fashion-mnist-mlp128"),
                studentDirectory(),
                VIEWS,
                new PipelineDescription.ViewFormat(SIZE, SIZE, 1, "raw"),
                "[{cutmix: {}}]"));
    Path tools = files.clients("tools", clients);
    Files.writeString(tools, Files.readString(tools) + topics());
  }

  String name() {
    return name;
  }

  String prefix() {
    return name + ".";
  }

  String student() {
    return "student-of-" + name;
  }

  Map<String, String> clients() {
    return clients;
  }

  /** The settings file of a service or of the tools. */
  Path file(String file) {
    return directory.resolve(file + ".yaml");
  }

  AugmenterService augmenter() {
    Path file = files.augmenter(instance("augmenter"));
    return new AugmenterService(load(file, AugmenterConfig.class), new SimpleMeterRegistry());
  }

  LabelerService labeler() {
    Path file = files.labeler(instance("labeler"));
    return new LabelerService(load(file, LabelerConfig.class), new SimpleMeterRegistry());
  }

  TrainerService trainer() {
    Path file = files.trainer(instance("trainer"));
    return new TrainerService(load(file, TrainerConfig.class), new SimpleMeterRegistry());
  }

  PageService page() {
    String trainer = "trainer: {url: '%s'}\n".formatted(NO_TRAINER);
    Path file = files.page(instance("page", trainer));
    return new PageService(load(file, PageConfig.class), new SimpleMeterRegistry(), false);
  }

  /** All of them, in the order of their start; their files are written. */
  List<Service> services() {
    return List.of(trainer(), labeler(), augmenter(), page());
  }

  /** A folder of images that no other tenant has. */
  Path images(int count) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("images"));
    Random random = new Random(name.hashCode());
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
      byte[] pixels = new byte[SIZE * SIZE];
      random.nextBytes(pixels);
      image.getRaster().setDataElements(0, 0, SIZE, SIZE, pixels);
      ImageIO.write(image, "png", folder.resolve("%03d.png".formatted(i)).toFile());
    }
    return folder;
  }

  private Path studentDirectory() throws IOException {
    Path copy = Files.createDirectories(directory.resolve("student"));
    Path mlp = MODELS.resolve("mlp");
    Files.copy(mlp.resolve("model.pt"), copy.resolve("model.pt"));
    String description = Files.readString(mlp.resolve("student.yaml"));
    Files.writeString(
        copy.resolve("student.yaml"),
        description.replace("name: mlp\n", "name: " + student() + "\n"));
    return copy;
  }

  private InstanceSettings instance(String service) {
    return instance(service, "");
  }

  private InstanceSettings instance(String service, String more) {
    return new InstanceSettings(
        service,
        "0",
        directory.resolve(service),
        clients,
        topics() + "management: {host: 127.0.0.1, port: 0}\n" + more);
  }

  private String topics() {
    return "topics: {prefix: '%s'}\n".formatted(prefix());
  }

  private static <C extends Record> C load(Path file, Class<C> type) {
    return YamlSettings.load(file, type, Map.of());
  }
}
