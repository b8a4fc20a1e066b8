package io.stillstream.page.image;

import io.stillstream.page.progress.PipelineStages;
import io.stillstream.page.topic.PageTopicReader;
import io.stillstream.page.topic.PageTopics;
import io.stillstream.page.trainer.ClassProbability;
import io.stillstream.page.trainer.TrainerClient;
import io.stillstream.page.trainer.TrainingStatus;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.image.PngDataUrl;
import io.stillstream.schemas.values.PayloadAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks at the newest images now and then: their views from near the end of the topic that the
 * student learns from, and their raw records from where the lineage says. For one thread.
 */
public final class ImageSampler {
  /** Small ones; images of more than 24 megapixels take too long to decode in passing. */
  public static final PngDataUrl PICTURES = new PngDataUrl(96, 24_000_000);

  static final int IMAGES = 6;

  /** Most new images in one sample: more would change faster than a reader can follow. */
  private static final int NEW_IMAGES = 3;

  private static final int MOST_VIEWS = 8;
  private static final int MOST_PARTITIONS = 3;
  private static final long MOST_RECORDS = 96;
  private static final long MOST_BYTES = 1 << 20;
  private static final long FIRST_RECORDS = 16;

  private final PageTopicReader topicReader;
  private final RecordValueDeserializer<SpecificRecord> reader;
  private final PageTopics topics;
  private final DisplayedViewBuilder builder;
  private List<DisplayedImage> strip = List.of();
  private PipelineStages.StageAges ages =
      new PipelineStages.StageAges(Double.NaN, Double.NaN, Double.NaN);
  private long records = FIRST_RECORDS;
  private int turn;

  public ImageSampler(
      PageTopicReader topicReader,
      RecordValueDeserializer<SpecificRecord> reader,
      PageTopics topics,
      TrainerClient trainer) {
    this.topicReader = topicReader;
    this.reader = reader;
    this.topics = topics;
    this.builder = new DisplayedViewBuilder(trainer);
  }

  /** Newest first. */
  public List<DisplayedImage> images() {
    return strip;
  }

  /** Of the newest image that was looked at. */
  public PipelineStages.StageAges ages() {
    return ages;
  }

  /** What other threads worked for all looks so far. */
  public long predictNanos() {
    return builder.predictNanos();
  }

  /**
   * Looks for new images.
   *
   * @param ends of at least the partitions of the source
   * @param training names the classes; if it is not known, the champion is not asked
   * @return whether there are any
   * @throws org.apache.kafka.common.KafkaException if brokers or registry are away
   */
  public boolean sample(Map<TopicPartition, Long> ends, TrainingStatus training)
      throws InterruptedException {
    builder.begin(training);
    List<SampledView> samples = samples(ends);
    List<DisplayedImage> fresh = new ArrayList<>();
    for (List<SampledView> group : ImageGroups.complete(samples)) {
      if (fresh.size() < NEW_IMAGES && !isShown(group.get(0))) {
        fresh.add(shown(group, training.classes()));
      }
    }
    if (fresh.isEmpty()) {
      return false;
    }
    fresh.addAll(strip);
    strip = fresh.stream().limit(IMAGES).toList();
    return true;
  }

  private boolean isShown(SampledView sample) {
    return strip.stream().anyMatch(shown -> shown.imageId().equals(sample.imageId()));
  }

  /** The newest views, oldest first, as far as the order of several partitions is known. */
  private List<SampledView> samples(Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> from = new HashMap<>();
    Map<TopicPartition, Long> to = new HashMap<>();
    for (TopicPartition partition : someOf(ends)) {
      long end = ends.get(partition);
      from.put(partition, Math.max(0, end - records));
      to.put(partition, end);
    }
    if (from.isEmpty()) {
      return List.of();
    }
    List<SampledView> samples = new ArrayList<>();
    long bytes = 0;
    for (ConsumerRecord<byte[], byte[]> record : topicReader.read(from, to)) {
      bytes += record.value() == null ? 0 : record.value().length;
      read(record)
          .filter(value -> value instanceof LabeledView || value instanceof AugmentedView)
          .map(SampledView::of)
          .ifPresent(samples::add);
    }
    samples.sort(Comparator.comparing(sample -> sample.view().getAugmentedAt()));
    if (!samples.isEmpty()) {
      expect(samples, bytes);
    }
    return samples;
  }

  /** How many to ask for next time: enough for some images, unless they are large. */
  private void expect(List<SampledView> samples, long bytes) {
    int views = samples.get(samples.size() - 1).view().getLineage().getViewCount();
    long wanted = Math.min(MOST_RECORDS, Math.max(FIRST_RECORDS, 6L * views));
    long affordable = MOST_BYTES * samples.size() / Math.max(1, bytes);
    // With less than two images' worth, a complete one would be luck.
    records = Math.max(2L * views, Math.min(wanted, affordable));
  }

  private List<TopicPartition> someOf(Map<TopicPartition, Long> ends) {
    List<TopicPartition> all =
        ends.entrySet().stream()
            .filter(end -> end.getKey().topic().equals(topics.source()) && end.getValue() > 0)
            .map(Map.Entry::getKey)
            .sorted(Comparator.comparingInt(TopicPartition::partition))
            .toList();
    List<TopicPartition> some = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_PARTITIONS, all.size()); i++) {
      some.add(all.get((turn + i) % all.size()));
    }
    turn = Math.floorMod(turn + MOST_PARTITIONS, Math.max(1, all.size()));
    return some;
  }

  private Optional<SpecificRecord> read(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(reader.deserialize(record.topic(), record.headers(), record.value()));
    } catch (BadRecordException e) {
      // A service sends it to dead letters.
      return Optional.empty();
    }
  }

  private DisplayedImage shown(List<SampledView> group, List<String> classes)
      throws InterruptedException {
    AugmentedView first = group.get(0).view();
    long captured = first.getCapturedAt().toEpochMilli();
    Optional<ConsumerRecord<byte[], byte[]>> record = origin(first.getLineage());
    String raw =
        record
            .flatMap(this::read)
            .filter(ImageEvent.class::isInstance)
            .flatMap(event -> PICTURES.of((ImageEvent) event))
            .orElse(null);
    ages =
        new PipelineStages.StageAges(
            record.map(r -> (double) r.timestamp() - captured).orElse(Double.NaN),
            (double) first.getAugmentedAt().toEpochMilli() - captured,
            group.get(0).labeledAt() - captured);
    List<DisplayedImage.DisplayedView> views = new ArrayList<>();
    for (SampledView sample : group.subList(0, Math.min(MOST_VIEWS, group.size()))) {
      builder.build(sample, classes).ifPresent(views::add);
    }
    String label =
        first.getLabel() == null
            ? null
            : ClassProbability.name(first.getLabel().getPrimary(), classes);
    String uri = PayloadAddress.shown(first.getLineage().getPayloadUri());
    return new DisplayedImage(first.getLineage().getImageId(), label, captured, raw, uri, views);
  }

  /** The raw record; empty if it is gone, or stood in another topic. */
  private Optional<ConsumerRecord<byte[], byte[]>> origin(Lineage lineage) {
    TopicPartition partition =
        new TopicPartition(lineage.getOriginTopic(), lineage.getOriginPartition());
    return partition.topic().equals(topics.images())
            && topicReader.partitions(topics.images()).contains(partition)
        ? topicReader.at(partition, lineage.getOriginOffset())
        : Optional.empty();
  }
}
