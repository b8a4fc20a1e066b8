package io.stillstream.faults.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.topics.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Labels a tenth of the good images some time after they were sent, out of order, every third of
 * them twice, and knows which label is the last of each. Its producer is idempotent and waits for
 * brokers. Used by one thread.
 */
public final class LateLabelSender implements AutoCloseable {
  private static final int EVERY = 10;
  private static final int TWICE = 3;
  private static final int CLASSES = 10;

  private final KafkaProducer<byte[], byte[]> producer;
  private final RecordValueSerializer<ImageLabel> values;
  private final Random random;
  private final List<Long> waiting = new ArrayList<>();
  private final Map<Long, Integer> expected = new TreeMap<>();
  private final Map<Integer, Long> ends = new TreeMap<>();
  private long next;
  private int count;

  /**
   * @param first number of the first image that may get a label
   */
  public LateLabelSender(Map<String, String> clients, long first, Random random) {
    this.producer = new KafkaProducer<>(KafkaSettings.producer(clients, Map.of("linger.ms", "5")));
    this.values = new RecordValueSerializer<>(clients, new SimpleMeterRegistry());
    this.next = first;
    this.random = random;
  }

  /**
   * Sends labels of images that have been sent, and returns when the broker has them.
   *
   * @param images that have been sent
   * @param share of those without a label that get one, 0 to 1
   */
  public void send(long images, double share) {
    for (; next < images; next++) {
      if (next % EVERY == 0 && RecordKind.of(next) == RecordKind.GOOD) {
        waiting.add(next);
        if (next / EVERY % TWICE == 0) {
          waiting.add(next);
        }
      }
    }
    Collections.shuffle(waiting, random);
    List<Long> now = waiting.subList(0, (int) Math.ceil(share * waiting.size()));
    List<Future<RecordMetadata>> sent = now.stream().map(this::label).toList();
    now.clear();
    sent.forEach(this::note);
  }

  /** How many labels were sent, second ones included. */
  public int count() {
    return count;
  }

  /** The last label of each image, by the image's number in the trainer. */
  public Map<Long, Integer> expected() {
    return Collections.unmodifiableMap(expected);
  }

  /** Per partition of the topic, the offset behind the last label. */
  public Map<Integer, Long> ends() {
    return Collections.unmodifiableMap(ends);
  }

  private Future<RecordMetadata> label(long number) {
    String id = "image-" + number;
    int label = random.nextInt(CLASSES);
    expected.put(ImageIdHash.of(id).number(), label);
    count++;
    ImageLabel value =
        ImageLabel.newBuilder()
            .setImageId(id)
            .setLabel(label)
            .setSource("faults")
            .setLabeledAt(Instant.now())
            .build();
    return producer.send(
        new ProducerRecord<>(
            Topics.LABELS, id.getBytes(UTF_8), values.serialize(Topics.LABELS, value)));
  }

  private void note(Future<RecordMetadata> sent) {
    try {
      RecordMetadata at = sent.get();
      ends.merge(at.partition(), at.offset() + 1, Math::max);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a label could not be sent", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    producer.close();
    values.close();
  }
}
