package io.stillstream.local.policy.tune;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.mapping.ImageSourceMapper;
import io.stillstream.local.data.DataSet;
import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.ingest.SendableFileFilter;
import io.stillstream.local.objects.PayloadFetcher;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ImageEvent;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Images that a policy is tuned on, in random order.
 *
 * @param images not decoded yet
 * @param origin where they are from, for users
 * @param unreadable records and files that hold no image
 */
public record ImageSample(List<ImageSource> images, String origin, int unreadable) {
  /** One after another: then it is the store, rather than some objects. */
  private static final int MOST_UNAVAILABLE = 5;

  public ImageSample {
    images = List.copyOf(images);
  }

  /**
   * Chooses images of a data set's training part.
   *
   * @param directory idx files, or a folder of pictures for each class
   * @param count at most so many
   * @param seed of the choice
   * @throws io.stillstream.runtime.config.StartupException naming the directory, if it is neither,
   *     or if the images fill half of the heap
   */
  public static ImageSample ofDirectory(Path directory, int count, long seed) {
    return ofDirectory(directory, count, seed, SampleMemory.ofHeap());
  }

  static ImageSample ofDirectory(Path directory, int count, long seed, SampleMemory memory) {
    DataSet data = DataSet.open(directory, SendableFileFilter::isSendable);
    LabeledImages images = data.images(Split.TRAIN, data.classes());
    List<Integer> order = new ArrayList<>(IntStream.range(0, images.size()).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    List<ImageSource> chosen = new ArrayList<>();
    int unreadable = 0;
    for (int index : order.subList(0, Math.min(count, order.size()))) {
      try {
        byte[] file = images.file(index);
        memory.add(file.length);
        chosen.add(new ImageSource.FileSource(ByteBuffer.wrap(file)));
      } catch (UncheckedIOException e) {
        unreadable++;
      }
    }
    return new ImageSample(chosen, directory.toString(), unreadable);
  }

  /**
   * Reads the newest images of a topic, equally many of each partition, as far as it has them.
   * Images by reference are fetched as the augmenter does it; those that cannot be are unreadable.
   *
   * @param settings of the augmenter that reads the topic
   * @param count at most so many
   * @param seed of their order
   * @throws io.stillstream.runtime.config.StartupException if they fill half of the heap
   * @throws org.apache.kafka.common.KafkaException if broker or registry fail
   * @throws CommandFailedException if one image by reference after another is not available
   */
  public static ImageSample ofTopic(AugmenterConfig settings, int count, long seed) {
    String topic = settings.topics().images();
    SampleMemory memory = SampleMemory.ofHeap();
    Map<Integer, Deque<ConsumerRecord<byte[], byte[]>>> newest = new TreeMap<>();
    List<ImageSource> images = new ArrayList<>();
    int unreadable = 0;
    int unavailable = 0;
    try (PayloadFetcher payloads = new PayloadFetcher(settings.fetch());
        TopicReader reader = new TopicReader(settings.kafka(), topic);
        RecordValueDeserializer<ImageEvent> values =
            new RecordValueDeserializer<>(
                ImageEvent.class, settings.kafka(), new SimpleMeterRegistry())) {
      Map<Integer, Long> from = new TreeMap<>(reader.ends());
      int each = -Math.floorDiv(-count, Math.max(1, from.size()));
      Map<Integer, Long> first = reader.beginnings();
      // Markers of transactions take offsets, too.
      from.replaceAll((partition, end) -> Math.max(first.get(partition), end - 2L * each));
      reader.readFrom(
          from,
          record -> {
            Deque<ConsumerRecord<byte[], byte[]>> records =
                newest.computeIfAbsent(record.partition(), unused -> new ArrayDeque<>());
            if (records.size() == each) {
              memory.remove(size(records.removeFirst()));
            }
            records.addLast(record);
            memory.add(size(record));
          });
      for (Deque<ConsumerRecord<byte[], byte[]>> records : newest.values()) {
        // What was deserialised is dropped, so that an image is held once.
        for (var record = records.pollFirst(); record != null; record = records.pollFirst()) {
          try {
            ImageEvent event = values.deserialize(topic, record.headers(), record.value());
            ImageEvent complete = payloads.complete(event, Optional.empty());
            memory.add(complete.getPayload().remaining() - event.getPayload().remaining());
            images.add(ImageSourceMapper.toSource(complete));
            unavailable = 0;
          } catch (BadRecordException | RejectedObjectException e) {
            unreadable++;
          } catch (UnavailableObjectException e) {
            unreadable++;
            if (++unavailable == MOST_UNAVAILABLE) {
              throw new CommandFailedException(
                  "images by reference cannot be fetched: " + e.getMessage(), e);
            }
          }
        }
      }
    }
    Collections.shuffle(images, new Random(seed));
    return new ImageSample(
        images.subList(0, Math.min(count, images.size())), "topic " + topic, unreadable);
  }

  private static int size(ConsumerRecord<byte[], byte[]> record) {
    return Math.max(0, record.serializedValueSize());
  }
}
