package io.stillstream.local.sizing;

import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of deploy/docs/sizing.md. */
final class SizingTables {
  static final int REPLICATION_FACTOR = 3;

  private static final List<SizedStream> STREAMS =
      List.of(SizedStream.GREY, SizedStream.PHOTOGRAPHS, SizedStream.MASKS);

  /** Kafka's defaults of {@code segment.bytes} and {@code segment.ms}. */
  private static final double SEGMENT_BYTES = 1 << 30;

  private static final Duration SEGMENT_AGE = Duration.ofDays(7);

  /** Places of the offset and of the time index for each 4,096 bytes of a log. */
  private static final double INDEX_SHARE = (8 + 12) / 4096.0;

  private final TopicsConfig config;

  /**
   * @param config of {@code topics create}
   */
  SizingTables(TopicsConfig config) {
    this.config = config;
  }

  /** All of them, in the order of the document. */
  List<String> all() {
    return List.of(streams(), perDay(), retained(), network(), trainer(), overheads());
  }

  private static String streams() {
    return table(
        "| average | a: grey | b: photographs | c: masks |",
        row("images a second", stream -> SizeFormat.number(stream.imagesPerSecond())),
        row("views of an image", stream -> SizeFormat.number(stream.views())),
        row("image file", stream -> SizeFormat.bytes(stream.image().fileBytes())),
        row("pixels of a view", stream -> SizeFormat.bytes(stream.view().pixelBytes())),
        row(
            "mask of an image, and of a view",
            stream -> SizeFormat.bytes(stream.view().maskBytes())),
        row("answer for a view", stream -> SizeFormat.bytes(stream.answer().recordBytes())),
        row("parameters of the student", stream -> SizeFormat.number(stream.parameters())));
  }

  private static String perDay() {
    List<String> rows = new ArrayList<>();
    for (String topic : StreamSizing.topics()) {
      rows.add(bothReplications("`" + topic + "`", sizing -> sizing.bytesPerDay(topic)));
    }
    rows.add(bothReplications("all", SizingTables::bytesPerDay));
    return table(
        "| bytes a day | a | a × 3 | b | b × 3 | c | c × 3 |", rows.toArray(String[]::new));
  }

  private static double bytesPerDay(StreamSizing sizing) {
    return StreamSizing.topics().stream().mapToDouble(sizing::bytesPerDay).sum();
  }

  private String retained() {
    List<String> rows = new ArrayList<>();
    for (String topic : StreamSizing.topics()) {
      rows.add(
          "| `%s` | %s | %s"
              .formatted(
                  topic, kept(topic), cells(stream -> SizeFormat.bytes(disk(stream, topic)))));
    }
    rows.add(
        "| all | | "
            + cells(
                stream ->
                    SizeFormat.bytes(
                        StreamSizing.topics().stream()
                            .mapToDouble(topic -> disk(stream, topic))
                            .sum())));
    return table("| on each of 3 brokers | retention | a | b | c |", rows.toArray(String[]::new));
  }

  /** Retention deletes whole segments, of which the newest of each partition is being written. */
  private double disk(SizedStream stream, String topic) {
    double perDay = new StreamSizing(stream).bytesPerDay(topic);
    int partitions = partitions(topic);
    double segments =
        partitions * Math.min(SEGMENT_BYTES, perDay * SEGMENT_AGE.toDays() / partitions);
    return (perDay * retention(topic).toDays() + segments) * (1 + INDEX_SHARE);
  }

  private String kept(String topic) {
    return spec(topic).cleanup() == TopicSpec.Cleanup.COMPACT
        ? "compacted"
        : retention(topic).toDays() + " d";
  }

  /** Of a compacted topic the age at which its segments close: they are compacted then. */
  private Duration retention(String topic) {
    return settings(topic)
        .flatMap(TopicsConfig.TopicSettings::retention)
        .orElse(spec(topic).retention());
  }

  private int partitions(String topic) {
    int usual = spec(topic).partitions();
    return usual == 1 ? 1 : config.partitions().orElse(usual);
  }

  private Optional<TopicsConfig.TopicSettings> settings(String topic) {
    return Optional.ofNullable(config.topics().get(topic));
  }

  private static TopicSpec spec(String topic) {
    return Topics.catalogue().stream()
        .filter(spec -> spec.name().equals(topic))
        .findFirst()
        .orElseThrow();
  }

  private static String network() {
    return table(
        "| bytes a second | a | b | c |",
        row("augmenter, in: `images`", stream -> rate(stream, Topics.IMAGES)),
        row(
            "augmenter, in: files by reference",
            stream ->
                SizeFormat.bytes(
                    stream.image().byReference()
                        ? stream.imagesPerSecond() * stream.image().fileBytes()
                        : 0)),
        row(
            "augmenter, out: `views`, `dead-letters`",
            stream -> rate(stream, Topics.VIEWS, Topics.DEAD_LETTERS)),
        row("labeler, in: `views`", stream -> rate(stream, Topics.VIEWS)),
        row("labeler, out: `labeled-views`", stream -> rate(stream, Topics.LABELED_VIEWS)),
        row("trainer, in: `labeled-views`", stream -> rate(stream, Topics.LABELED_VIEWS)),
        row(
            "trainer, out: events, progress, releases",
            stream ->
                rate(
                    stream,
                    Topics.STUDENT_EVENTS,
                    Topics.STUDENT_PROGRESS,
                    Topics.STUDENT_RELEASES)),
        row(
            "all brokers, in, with replication",
            stream -> SizeFormat.bytes(REPLICATION_FACTOR * written(stream))),
        row(
            "all brokers, out, with replication",
            stream -> SizeFormat.bytes(read(stream) + (REPLICATION_FACTOR - 1) * written(stream))));
  }

  private static double written(SizedStream stream) {
    return bytesPerDay(new StreamSizing(stream)) / StreamSizing.SECONDS_PER_DAY;
  }

  private static double read(SizedStream stream) {
    return perSecond(stream, Topics.IMAGES, Topics.VIEWS, Topics.LABELED_VIEWS);
  }

  private static String rate(SizedStream stream, String... topics) {
    return SizeFormat.bytes(perSecond(stream, topics));
  }

  private static double perSecond(SizedStream stream, String... topics) {
    StreamSizing sizing = new StreamSizing(stream);
    return Arrays.stream(topics).mapToDouble(sizing::bytesPerSecond).sum();
  }

  private static String trainer() {
    return table(
        "| trainer | a | b | c |",
        row("`buffer.views`", stream -> SizeFormat.number(stream.bufferViews())),
        trainerRow("a view in memory", TrainerSizing::heapBytesPerView),
        trainerRow("buffer in the heap", TrainerSizing::heapBytes),
        trainerRow("a view in a checkpoint", TrainerSizing::savedBytesPerView),
        trainerRow("weights, average, optimiser", TrainerSizing::modelBytes),
        trainerRow("releases, at most", TrainerSizing::releaseBytes),
        trainerRow("`directory`, at most", TrainerSizing::diskBytes),
        trainerRow("object store, at most", TrainerSizing::storeBytes),
        trainerRow("lines of the ledger, a year", TrainerSizing::ledgerBytesPerYear));
  }

  private static String trainerRow(String name, ToDoubleFunction<TrainerSizing> value) {
    return row(name, stream -> SizeFormat.bytes(value.applyAsDouble(new TrainerSizing(stream))));
  }

  private static String overheads() {
    return table(
        "| besides file, pixels, mask and answer | a | b | c |",
        row(
            "`images`, per image",
            stream ->
                SizeFormat.number(
                    new StreamSizing(stream).imageBytes()
                        - (stream.image().byReference() ? 0 : stream.image().fileBytes())
                        - stream.image().maskBytes())),
        row(
            "`views`, per view",
            stream ->
                SizeFormat.number(
                    new StreamSizing(stream).viewsBytes() / stream.views()
                        - stream.view().pixelBytes()
                        - stream.view().maskBytes())),
        row(
            "`labeled-views`, per view",
            stream ->
                SizeFormat.number(
                    new StreamSizing(stream).labeledViewsBytes() / stream.views()
                        - stream.view().pixelBytes()
                        - stream.view().maskBytes()
                        - stream.answer().recordBytes())),
        row(
            "`dead-letters`, per image",
            stream -> SizeFormat.number(StreamSizing.DEAD_LETTER + StreamSizing.MARKER)));
  }

  private static String table(String head, String... rows) {
    String line = "|" + "---|".repeat((int) head.chars().filter(c -> c == '|').count() - 1);
    return Stream.concat(Stream.of(head, line), Stream.of(rows))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String row(String name, Function<SizedStream, String> value) {
    return "| " + name + " | " + cells(value);
  }

  private static String bothReplications(String name, ToDoubleFunction<StreamSizing> value) {
    return row(
        name,
        stream -> {
          double one = value.applyAsDouble(new StreamSizing(stream));
          return SizeFormat.bytes(one) + " | " + SizeFormat.bytes(REPLICATION_FACTOR * one);
        });
  }

  private static String cells(Function<SizedStream, String> value) {
    return STREAMS.stream().map(value).collect(Collectors.joining(" | ", "", " |"));
  }
}
