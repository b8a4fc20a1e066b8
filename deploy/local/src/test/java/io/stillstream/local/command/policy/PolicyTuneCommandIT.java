package io.stillstream.local.command.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyResolver;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.local.StillstreamMain;
import io.stillstream.local.command.JsonLines;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.ByteArrays;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class PolicyTuneCommandIT {
  private static final String DATA = "../data/fashion-mnist";
  private static final String TEACHER = "../models/fashion-mnist-mlp128";

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldWriteAMilderPolicyThatIsValid() throws Exception {
    // given: this teacher has never seen a picture that is turned
    Path tuned = directory.resolve("tuned.yaml");
    // when
    int code = tune("--images=" + DATA, "--sample=300", "--keep=0.8", "--out=" + tuned);
    // then
    assertThat(code).as("%s", err).isZero();
    Policy given = PolicyResolver.load("fashion-mnist");
    Policy found = PolicyResolver.load(tuned.toString());
    assertThat(found.hash()).isNotEqualTo(given.hash());
    assertThat(found.output()).isEqualTo(given.output());
    assertThat(found.canonicalJson())
        .doesNotContain("[-15,15]")
        .contains("\"rotate\"", "\"translate\"", "\"horizontal_flip\":{\"p\":0.5}");
    assertThat(Files.readString(tuned))
        .startsWith("# made by stillstream policy tune on ")
        .contains(
            "# from policy fashion-mnist, hash " + given.hash() + "\n",
            "# teacher: fashion-mnist-mlp128, version 1, sha256 ",
            "# images: 150 for the search, 150 others for the figures, 2 views of each\n",
            "# asked for: 80 % of the teacher's answer is kept\n",
            "# measured, with the 95 % interval: ",
            "\nseed: 42\nviews: 4\noutput: {height: 28, width: 28, channels: 1, fit: stretch}\n");
    assertThat(out)
        .asString()
        .contains("operations[0].rotate", "degrees 15 -> ", "unchanged", "whole policy")
        .contains("policy " + found.hash() + " in " + tuned);
  }

  @Test
  void shouldReplaceAFileIfTold() throws Exception {
    // given
    Path tuned = Files.writeString(directory.resolve("tuned.yaml"), "mine");
    // when, then
    assertThat(
            tune("--images=" + DATA, "--sample=200", "--keep=0.1", "--overwrite", "--out=" + tuned))
        .isZero();
    assertThat(PolicyResolver.load(tuned.toString()).hash())
        .as("a policy that is mild enough stays as it is")
        .isEqualTo(PolicyResolver.load("fashion-mnist").hash());
    assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void shouldTuneOnTheNewestImagesOfATopic() throws Exception {
    // given
    Path tuned = directory.resolve("tuned.yaml");
    Path store = Files.createDirectories(directory.resolve("store")).toRealPath();
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0)) {
      Path config = directory.resolve("augmenter.yaml");
      try (DevelopmentRegistry registry =
          DevelopmentRegistry.start(directory.resolve("registry.json"), 0)) {
        send(
            Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "schema.registry.url",
                registry.url().toString()),
            store);
        Files.writeString(
            config,
            """
            kafka: {bootstrap.servers: "%s", schema.registry.url: "%s"}
            policy: fashion-mnist
            fetch: {allow: ["file://%s/"]}
            """
                .formatted(kafka.bootstrapServers(), registry.url(), store));
        // when
        int code =
            tune("--config=" + config, "--sample=150", "--keep=0.8", "--out=" + tuned, "--json");
        // then: a record that is no image is among them, and one whose image is gone
        assertThat(code).as("%s", err).isEqualTo(3);
        JsonNode document = JsonLines.one(out);
        assertThat(document.path("policy").asText())
            .isEqualTo(PolicyResolver.load(tuned.toString()).hash());
        assertThat(document.path("file").asText()).isEqualTo(tuned.toString());
        assertThat(document.at("/after/kept").asDouble()).isBetween(0.7, 1.0);
        assertThat(document.at("/operations/0/path").asText()).isNotEmpty();
        assertThat(document.at("/images/unusable").asInt()).isEqualTo(2);
      }
      // when, then: the registry is away
      assertThat(tune("--config=" + config, "--overwrite", "--out=" + tuned)).isEqualTo(1);
      assertThat(err).asString().contains("stillstream policy tune: images cannot be read: ");
    }
    assertThat(err).asString().contains("unusable images in the sample: 2");
    assertThat(Files.readString(tuned)).contains("# from topic images, seed 1\n");
    assertThat(PolicyResolver.load(tuned.toString()).views()).isEqualTo(4);
  }

  /** Every third image by reference. */
  private static void send(Map<String, String> clients, Path store) throws Exception {
    try (TopicsAdmin admin = new TopicsAdmin(clients)) {
      admin.create(
          Topics.catalogue().stream().map(spec -> spec.withPartitions(2)).toList(), Optional.of(1));
    }
    IdxLabeledImages set = IdxLabeledImages.load(Path.of(DATA), IdxLabeledImages.Split.TRAIN);
    try (ImageSender sender =
        new ImageSender(clients, Topics.IMAGES, new SimpleMeterRegistry(), Optional.empty())) {
      for (int i = 0; i < 300; i++) {
        ByteBuffer png = set.png(i);
        if (i % 3 > 0) {
          sender.send(event("image-" + i, png));
        } else {
          Path object = Files.write(store.resolve(i + ".png"), ByteArrays.copyOf(png));
          sender.send(reference("image-" + i, object));
        }
      }
      sender.send(reference("gone", store.resolve("gone.png")));
      sender.send(event("none", ByteBuffer.wrap(new byte[] {1, 2, 3})));
      sender.flush();
    }
  }

  private static ImageEvent event(String imageId, ByteBuffer payload) {
    return ImageEvent.newBuilder()
        .setImageId(imageId)
        .setSource("test")
        .setCapturedAt(Instant.EPOCH)
        .setContentType("image/png")
        .setPayload(payload)
        .build();
  }

  private static ImageEvent reference(String imageId, Path object) {
    ImageEvent event = event(imageId, ByteBuffer.allocate(0));
    event.setPayloadUri("file://" + object);
    return event;
  }

  private int tune(String... options) {
    CommandLine commands =
        StillstreamMain.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    String[] all = new String[options.length + 4];
    all[0] = "policy";
    all[1] = "tune";
    all[2] = "--policy=fashion-mnist";
    all[3] = "--teacher=" + TEACHER;
    System.arraycopy(options, 0, all, 4, options.length);
    return commands.execute(all);
  }
}
