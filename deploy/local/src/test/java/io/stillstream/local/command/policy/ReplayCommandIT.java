package io.stillstream.local.command.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.AugmenterService;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.local.StillstreamMain;
import io.stillstream.local.command.JsonLines;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.Operation;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.Sha256;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views that a real augmenter made, made again; and what is no longer as it was. */
class ReplayCommandIT {
  private static final int IMAGES = 50;
  private static final int VIEWS = 4;
  private static final int PARTITIONS = 2;

  @TempDir static Path directory;
  private static EmbeddedKafka kafka;
  private static DevelopmentRegistry registry;
  private static Path config;
  private static List<Recorded> recorded;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final String own = "own-" + UUID.randomUUID();

  private record Recorded(int partition, long offset, AugmentedView view) {}

  @BeforeAll
  static void augment() throws Exception {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    create(Topics.catalogue().stream().map(spec -> spec.withPartitions(PARTITIONS)).toList());
    config =
        Files.writeString(
            directory.resolve("augmenter.yaml"),
            """
            kafka:
              bootstrap.servers: %s
              schema.registry.url: %s
              auto.offset.reset: earliest
            state-dir: %s
            threads: 2
            policy:
              views: %d
              output: {height: 28, width: 28, channels: 1}
              encoding: jpeg
              quality: 77
              operations: [{rotate: {degrees: 15}}, {translate: {pixels: 2}}, horizontal_flip, {one_of: {operations: [mixup, cutmix], p: 0.5}}]
            management: {port: 0}
            """
                .formatted(
                    kafka.bootstrapServers(), registry.url(), directory.resolve("state"), VIEWS));
    IdxLabeledImages set =
        IdxLabeledImages.load(
            Path.of("../data/fashion-mnist").toAbsolutePath().normalize(),
            IdxLabeledImages.Split.TRAIN);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (ImageSender sender = new ImageSender(clients(), Topics.IMAGES, meters, Optional.empty())) {
      for (int i = 0; i < IMAGES; i++) {
        sender.send(event("image-" + i, set.png(i), i % 5 == 0 ? null : mask(i)));
      }
      sender.flush();
    }
    AugmenterConfig settings = YamlSettings.load(config, AugmenterConfig.class, Map.of());
    try (AugmenterService service = new AugmenterService(settings, meters)) {
      service.start();
      Awaitility.await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> records(Topics.VIEWS).size() >= IMAGES * VIEWS);
    }
    try (RecordValueDeserializer<AugmentedView> reader =
        new RecordValueDeserializer<>(AugmentedView.class, clients(), meters)) {
      recorded =
          records(Topics.VIEWS).stream()
              .map(
                  record ->
                      new Recorded(
                          record.partition(),
                          record.offset(),
                          reader.deserialize(Topics.VIEWS, record.headers(), record.value())))
              .toList();
    }
  }

  @AfterAll
  static void stop() {
    registry.close();
    kafka.close();
  }

  @BeforeEach
  void makeOwnTopics() {
    create(
        Stream.of(own + "-images", own + "-views")
            .map(
                name ->
                    new TopicSpec(
                        name,
                        Topics.catalogue().get(0).valueSchema(),
                        1,
                        Topics.catalogue().get(0).cleanup(),
                        Topics.catalogue().get(0).retention(),
                        Topics.catalogue().get(0).maxMessageBytes()))
            .toList());
  }

  @Test
  void shouldMakeAllViewsOfFiftyImagesAgainBitForBit() {
    assertThat(recorded)
        .anyMatch(one -> one.view().getRecipe().getMix() != null && one.view().getMask() != null);
    assertThat(replay("--all")).isZero();
    assertThat(out.toString()).isEqualTo("200 views: 200 equal, 0 different, 0 lost\n");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldStopAtTheLimit() {
    assertThat(replay("--all", "--limit=7")).isZero();
    assertThat(out.toString()).isEqualTo("7 views: 7 equal, 0 different, 0 lost\n");
  }

  @Test
  void shouldTellWhatItComparedAndWriteThePictures() {
    // given
    Recorded any =
        recorded.stream()
            .filter(
                one ->
                    one.view().getLineage().getViewIndex() == 2
                        && one.view().getRecipe().getMix() == null
                        && one.view().getMask() != null
                        && one.view().getRecipe().getOperations().size() == 3)
            .findFirst()
            .orElseThrow();
    Path pictures = directory.resolve(own);

    // when
    assertThat(
            replay(
                "--topic=views",
                "--partition=" + any.partition(),
                "--offset=" + any.offset(),
                "--out=" + pictures))
        .isZero();

    // then
    double degrees = any.view().getRecipe().getOperations().get(0).getParameters().get("degrees");
    String origin =
        "images-%d@%d"
            .formatted(
                any.view().getLineage().getOriginPartition(),
                any.view().getLineage().getOriginOffset());
    assertThat(out.toString())
        .contains("view      views-%d@%d\n".formatted(any.partition(), any.offset()))
        .contains(any.view().getLineage().getImageId() + ", view 2 of 4\n")
        .contains("origin    " + origin + "\n")
        .contains(any.view().getLineage().getPolicyHash() + ", as configured\n")
        .contains("seed      " + any.view().getLineage().getSeed() + "\n")
        .contains("rotate degrees=" + degrees + "\n")
        .contains("28 x 28 x 1, JPEG, ")
        .contains("mask      " + any.view().getMask().remaining() + " bytes\n")
        .contains(" bytes of JPEG of quality 77, bit for bit; the mask, too\n")
        .contains("1 views: 1 equal, 0 different, 0 lost\n");
    assertThat(pictures)
        .isDirectoryContaining("glob:**/" + origin + ".png")
        .isDirectoryContaining("glob:**/" + origin + ".mask.png")
        .isDirectoryContaining("glob:**/" + origin + "-view2.recorded.mask.png")
        .isDirectoryContaining("glob:**/" + origin + "-view2.recorded.png")
        .isDirectoryContaining("glob:**/" + origin + "-view2.replayed.png");
    assertThat(pictures.resolve(origin + "-view2.replayed.mask.png"))
        .hasSameBinaryContentAs(pictures.resolve(origin + "-view2.recorded.mask.png"));
  }

  @Test
  void shouldFindTheViewsOfAnImage() {
    assertThat(replay("--image-id=image-17")).isZero();
    assertThat(replay("--image-id=image-17", "--view=3")).isZero();
    assertThat(out.toString())
        .contains("image-17, view 0 of 4", "4 views: 4 equal")
        .contains("1 views: 1 equal");
    assertThat(replay("--image-id=nobody")).isEqualTo(3);
    assertThat(err.toString())
        .isEqualTo("stillstream replay: there is no such view in views, labeled-views\n");

    // when, then: for scripts
    out.getBuffer().setLength(0);
    assertThat(replay("--image-id=image-17", "--view=3", "--json")).isZero();
    assertThat(JsonLines.one(out).path("imageId").asText()).isEqualTo("image-17");
    assertThat(JsonLines.one(out).path("viewIndex").asInt()).isEqualTo(3);
    assertThat(JsonLines.one(out).path("status").asText()).isEqualTo("equal");
    assertThat(err.toString()).contains("1 views: 1 equal, 0 different");
  }

  @Test
  void shouldFindAnImageAmongLabelledViewsWhenItsViewsAreGone() throws Exception {
    // given
    AugmentedView view = copy(recorded.get(0).view()).setLineage(lineage(0, "other")).build();
    sendImage("other", recorded.get(0).view());
    send(Topics.LABELED_VIEWS, "other", LabeledAnswers.passedOver(view, Instant.EPOCH));

    // then
    assertThat(replay("--image-id=other")).isZero();
    assertThat(out.toString()).contains("view      labeled-views-0@0\n", "1 equal");
  }

  @Test
  void shouldTellPixelsThatWereChanged() throws Exception {
    // given
    AugmentedView original = recorded.get(0).view();
    AugmentedView other = recorded.get(VIEWS).view();
    send(own + "-views", "a", copy(original).setPixels(other.getPixels()).build());
    send(own + "-views", "b", original);

    // then
    assertThat(replay("--topic=" + own + "-views", "--all")).isEqualTo(1);
    assertThat(out.toString())
        .contains("view      " + own + "-views-0@0\n")
        .containsPattern(
            "different \\d+ of 784 values differ, the first at row \\d+, column \\d+, channel 0")
        .endsWith("2 views: 1 equal, 1 different, 0 lost\n");
  }

  @Test
  void shouldTellAMaskThatWasChanged() throws Exception {
    // given
    AugmentedView view =
        recorded.stream()
            .map(Recorded::view)
            .filter(one -> one.getMask() != null && one.getRecipe().getMix() == null)
            .findFirst()
            .orElseThrow();
    byte[] classes = MaskCodec.decode(view.getMask(), 28, 28).classes();
    classes[28 * 14 + 3] ^= 1;
    send(
        own + "-views",
        "a",
        copy(view).setMask(MaskCodec.encode(new SegmentationMask(28, 28, classes))).build());

    // then
    assertThat(replay("--topic=" + own + "-views", "--all")).isEqualTo(1);
    assertThat(out.toString())
        .contains("different the pixels are equal, the mask differs, first at row 14, column 3 (")
        .endsWith("1 views: 0 equal, 1 different, 0 lost\n");
  }

  @Test
  void shouldTellARecipeThatIsNotKnown() throws Exception {
    // given
    send(
        own + "-views",
        "a",
        copy(recorded.get(0).view())
            .setRecipe(new Recipe(1, List.of(new Operation("dream", Map.of())), null))
            .build());

    // then
    assertThat(replay("--topic=" + own + "-views", "--partition=0", "--offset=0")).isEqualTo(1);
    assertThat(out.toString()).contains("different it cannot be made: unknown operation dream\n");
  }

  @Test
  void shouldTellThatAnImageHasExpired() throws Exception {
    // given
    sendImage("a", recorded.get(0).view());
    sendImage("b", recorded.get(0).view());
    AugmentedView view = recorded.get(0).view();
    send(own + "-views", "a", copy(view).setLineage(lineage(0, "a")).build());
    send(own + "-views", "b", copy(view).setLineage(lineage(1, "b")).build());
    assertThat(replay("--topic=" + own + "-views", "--all")).isZero();

    // when
    delete(own + "-images", 1);

    // then
    assertThat(replay("--topic=" + own + "-views", "--all")).isEqualTo(3);
    assertThat(out.toString())
        .contains(
            "lost      image %s-images-0@0 has expired: its partition begins at 1\n".formatted(own))
        .endsWith("2 views: 1 equal, 0 different, 1 lost\n");
    delete(own + "-views", 1);
    assertThat(replay("--topic=" + own + "-views", "--partition=0", "--offset=0")).isEqualTo(3);
    assertThat(err.toString())
        .isEqualTo(
            "stillstream replay: view %s-views-0@0 has expired: its partition begins at 1\n"
                .formatted(own));
  }

  @Test
  void shouldFetchThePartnerOfAMixedViewAndTellThatItHasExpired() throws Exception {
    // given
    AugmentedView view =
        recorded.stream()
            .map(Recorded::view)
            .filter(candidate -> candidate.getRecipe().getMix() != null)
            .findFirst()
            .orElseThrow();
    Mix mix = view.getRecipe().getMix();
    sendImage("partner", mix.getPartnerPartition(), mix.getPartnerOffset());
    sendImage("mine", view);
    Mix moved =
        new Mix(
            mix.getKind(),
            own + "-images",
            0,
            0L,
            "partner",
            mix.getPartnerDecodeScale(),
            mix.getPartnerOperations(),
            mix.getLambda(),
            mix.getBox());
    Recipe recipe =
        new Recipe(view.getRecipe().getDecodeScale(), view.getRecipe().getOperations(), moved);
    send(
        own + "-views",
        "mine",
        copy(view).setLineage(lineage(1, "mine")).setRecipe(recipe).build());
    assertThat(replay("--topic=" + own + "-views", "--image-id=mine")).isZero();
    assertThat(out.toString())
        .contains("mix       " + mix.getKind() + " lambda=" + mix.getLambda())
        .contains("partner   " + own + "-images-0@0, image partner, decoded at 1/1\n");

    // when
    delete(own + "-images", 1);

    // then
    assertThat(replay("--topic=" + own + "-views", "--image-id=mine")).isEqualTo(3);
    assertThat(out.toString())
        .contains(
            "lost      partner %s-images-0@0 has expired: its partition begins at 1\n"
                .formatted(own));
  }

  @Test
  void shouldTellThatSomethingElseIsWhereTheImageWas() throws Exception {
    // given: bytes, another image, what an aborted transaction left, and the end
    sendBytes(own + "-images", "a", "no event".getBytes(UTF_8));
    sendImage("another", recorded.get(0).view());
    abort(own + "-images");
    sendImage("later", recorded.get(0).view());
    AugmentedView view = recorded.get(0).view();
    for (long offset : new long[] {0, 1, 2, 99}) {
      send(own + "-views", "v", copy(view).setLineage(lineage(offset, "mine")).build());
    }

    // when
    assertThat(replay("--topic=" + own + "-views", "--image-id=v")).isEqualTo(3);

    // then
    String at = "lost      image " + own + "-images-0@";
    assertThat(out.toString())
        .contains(at + "0 is no ImageEvent: ")
        .contains(at + "1 is image another, not mine\n")
        .contains(at + "2 holds no record: ")
        .contains(at + "99 is not there: what is committed in its partition ends before 5\n")
        .endsWith("4 views: 0 equal, 0 different, 4 lost\n");
  }

  @Test
  void shouldFetchImagesByReferenceAgainAndTellThoseThatAreNotAsTheyWere() throws Exception {
    // given: an image at six addresses, and a view of each
    AugmentedView view =
        recorded.stream()
            .map(Recorded::view)
            .filter(one -> one.getMask() == null && one.getRecipe().getMix() == null)
            .findFirst()
            .orElseThrow();
    Lineage made = view.getLineage();
    byte[] image = ByteArrays.copyOf(image(made.getOriginPartition(), made.getOriginOffset()));
    Path store = Files.createDirectories(directory.resolve(own)).toRealPath();
    String prefix = "file://" + store + "/";
    List<String> uris =
        List.of(
            prefix + "same.png",
            prefix + "changed.png",
            prefix + "gone.png",
            prefix + "large.png",
            "file:///etc/hostname",
            "http://127.0.0.1:1/away.png?signature=secret");
    for (int i = 0; i < uris.size(); i++) {
      String id = "reference-" + i;
      send(own + "-images", id, reference(id, uris.get(i)));
      Lineage lineage =
          Lineage.newBuilder(lineage(i, id))
              .setPayloadUri(uris.get(i))
              .setPayloadSha256(Sha256.hex(image))
              .build();
      send(own + "-views", id, copy(view).setLineage(lineage).build());
    }
    Files.write(store.resolve("same.png"), image);
    Files.write(store.resolve("changed.png"), new byte[image.length]);
    Files.write(store.resolve("large.png"), new byte[image.length + 1]);
    Path settings =
        Files.writeString(
            directory.resolve(own + ".yaml"),
            Files.readString(config)
                + """
                fetch:
                  allow: ["%s", {prefix: "http://127.0.0.1:1/", private-addresses: true}]
                  max-bytes: %d
                """
                    .formatted(prefix, image.length));

    // when, then
    Path out2 = directory.resolve(own + "-out");
    assertThat(
            replay("--config=" + settings, "--topic=" + own + "-views", "--all", "--out=" + out2))
        .isEqualTo(3);
    assertThat(out.toString())
        .contains("object    " + prefix + "gone.png, SHA-256 " + Sha256.hex(image) + "\n")
        .contains("changed   image " + prefix + "changed.png has another SHA-256 than ")
        .contains("not_found image " + prefix + "gone.png")
        .contains("too_large image " + prefix + "large.png")
        .contains("not_allowed image file:///etc/hostname")
        .contains("unavailable image http://127.0.0.1:1/away.png")
        .endsWith(
            "6 views: 1 equal, 0 different, 0 lost, 1 not_found, 1 changed, 1 too_large,"
                + " 1 not_allowed, 1 unavailable\n")
        .doesNotContain("secret");
    assertThat(err.toString()).isEmpty();

    // when, then: of the one that is as it was
    assertThat(
            replay(
                "--config=" + settings,
                "--topic=" + own + "-views",
                "--image-id=reference-0",
                "--out=" + out2))
        .isZero();
    assertThat(out2.resolve(own + "-images-0@0.png")).hasBinaryContent(image);
    assertThat(out2.resolve(own + "-images-0@1.bin")).doesNotExist();
  }

  @Test
  void shouldFetchAPartnerByReference() throws Exception {
    // given
    AugmentedView view =
        recorded.stream()
            .map(Recorded::view)
            .filter(one -> one.getRecipe().getMix() != null && one.getMask() == null)
            .findFirst()
            .orElseThrow();
    Mix mix = view.getRecipe().getMix();
    Path partner = directory.toRealPath().resolve(own + ".png");
    Files.write(
        partner, ByteArrays.copyOf(image(mix.getPartnerPartition(), mix.getPartnerOffset())));
    send(own + "-images", "partner", reference("partner", "file://" + partner));
    sendImage("mine", view);
    Mix moved =
        new Mix(
            mix.getKind(),
            own + "-images",
            0,
            0L,
            "partner",
            mix.getPartnerDecodeScale(),
            mix.getPartnerOperations(),
            mix.getLambda(),
            mix.getBox());
    Recipe recipe =
        new Recipe(view.getRecipe().getDecodeScale(), view.getRecipe().getOperations(), moved);
    send(
        own + "-views",
        "mine",
        copy(view).setLineage(lineage(1, "mine")).setRecipe(recipe).build());
    Path settings =
        Files.writeString(
            directory.resolve(own + ".yaml"),
            Files.readString(config)
                + "fetch: {allow: [\"file://"
                + partner.getParent()
                + "/\"]}\n");

    // when, then
    String topic = "--topic=" + own + "-views";
    assertThat(replay("--config=" + settings, topic, "--image-id=mine")).isZero();
    Files.delete(partner);
    assertThat(replay("--config=" + settings, topic, "--image-id=mine")).isEqualTo(3);
    assertThat(out.toString()).contains("not_found partner file://" + partner);
  }

  @Test
  void shouldRefuseWhatCannotBeMeant() throws Exception {
    sendBytes(own + "-views", "a", "no view".getBytes(UTF_8));
    assertThat(replay()).isEqualTo(2);
    assertThat(replay("--topic=" + own + "-views", "--partition=0", "--offset=0")).isEqualTo(2);
    assertThat(replay("--config=" + directory.resolve("none.yaml"), "--all")).isEqualTo(2);
    assertThat(err.toString())
        .contains("stillstream replay: give one of --partition with --offset")
        .contains("stillstream replay: " + own + "-views-0@0 is no view: ")
        .contains("none.yaml: there is no such file");
  }

  private int replay(String... args) {
    List<String> all = new ArrayList<>(List.of("replay"));
    if (Stream.of(args).noneMatch(arg -> arg.startsWith("--config"))) {
      all.add("--config=" + config);
    }
    all.addAll(List.of(args));
    return StillstreamMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  /** Coordinates in this test's own topic of images. */
  private Lineage lineage(long offset, String imageId) {
    return Lineage.newBuilder(recorded.get(0).view().getLineage())
        .setOriginTopic(own + "-images")
        .setOriginPartition(0)
        .setOriginOffset(offset)
        .setImageId(imageId)
        .build();
  }

  /** The image that a view was made of, once more, under another name in this test's own topic. */
  private void sendImage(String imageId, AugmentedView view) throws Exception {
    sendImage(imageId, view.getLineage().getOriginPartition(), view.getLineage().getOriginOffset());
  }

  private void sendImage(String imageId, int partition, long offset) throws Exception {
    ImageEvent event = event(partition, offset);
    send(own + "-images", imageId, event(imageId, event.getPayload(), event.getMask()));
  }

  private static ByteBuffer image(int partition, long offset) {
    return event(partition, offset).getPayload();
  }

  private static ImageEvent event(int partition, long offset) {
    try (RecordValueDeserializer<ImageEvent> reader =
        new RecordValueDeserializer<>(ImageEvent.class, clients(), new SimpleMeterRegistry())) {
      ConsumerRecord<byte[], byte[]> image =
          records(Topics.IMAGES).stream()
              .filter(record -> record.partition() == partition && record.offset() == offset)
              .findFirst()
              .orElseThrow();
      return reader.deserialize(Topics.IMAGES, image.headers(), image.value());
    }
  }

  private static AugmentedView.Builder copy(AugmentedView view) {
    return AugmentedView.newBuilder()
        .setLineage(view.getLineage())
        .setRecipe(view.getRecipe())
        .setEncoding(view.getEncoding())
        .setHeight(view.getHeight())
        .setWidth(view.getWidth())
        .setChannels(view.getChannels())
        .setPixels(view.getPixels())
        .setLabel(view.getLabel())
        .setMask(view.getMask())
        .setCapturedAt(view.getCapturedAt())
        .setAugmentedAt(view.getAugmentedAt());
  }

  private static ByteBuffer mask(int image) {
    byte[] classes = new byte[28 * 28];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) ((i + image) % 11);
    }
    return MaskCodec.encode(new SegmentationMask(28, 28, classes));
  }

  private static ImageEvent event(String imageId, ByteBuffer png, ByteBuffer mask) {
    return ImageEvent.newBuilder()
        .setImageId(imageId)
        .setSource("test")
        .setCapturedAt(Instant.EPOCH)
        .setContentType("image/png")
        .setPayload(png)
        .setMask(mask)
        .build();
  }

  private static ImageEvent reference(String imageId, String uri) {
    ImageEvent event = event(imageId, ByteBuffer.allocate(0), null);
    event.setPayloadUri(uri);
    return event;
  }

  private static <T> void send(String topic, String key, T value) throws Exception {
    try (RecordValueSerializer<T> writer =
        new RecordValueSerializer<>(clients(), new SimpleMeterRegistry())) {
      sendBytes(topic, key, writer.serialize(topic, value));
    }
  }

  private static void sendBytes(String topic, String key, byte[] value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(KafkaSettings.producer(clients(), Map.of()))) {
      producer.send(new ProducerRecord<>(topic, 0, key.getBytes(UTF_8), value)).get();
    }
  }

  private static void abort(String topic) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            KafkaSettings.producer(clients(), Map.of("transactional.id", "aborted")))) {
      producer.initTransactions();
      producer.beginTransaction();
      var unused = producer.send(new ProducerRecord<>(topic, 0, new byte[1], new byte[1]));
      producer.flush();
      producer.abortTransaction();
    }
  }

  private static void delete(String topic, long before) throws Exception {
    try (Admin admin = Admin.create(KafkaSettings.admin(clients()))) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before)))
          .all()
          .get();
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients(), topic)) {
      reader.readAll(records::add);
    }
    return records;
  }

  private static void create(List<TopicSpec> topics) {
    try (TopicsAdmin admin = new TopicsAdmin(clients())) {
      admin.create(topics, Optional.of(1));
    }
  }

  private static Map<String, String> clients() {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "schema.registry.url",
        registry.url().toString());
  }
}
