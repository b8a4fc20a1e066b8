package io.stillstream.faults.input;

import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Sends images, bad ones among them, and knows where each stands: what everything is held against.
 * Its producer is idempotent and waits for brokers, so each is in the topic once. One thread sends
 * at a time.
 */
public final class ImageRecordSender implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final ImageRecordFactory images;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<RecordPosition, RecordKind> sent = new ConcurrentHashMap<>();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private long number;
  private Thread thread;
  private volatile boolean flowing;
  private volatile List<RecordVariation> oddities = List.of(RecordVariation.NONE);
  private volatile Optional<ImageReferences> references = Optional.empty();

  public ImageRecordSender(ImageRecordFactory images, Map<String, String> clients) {
    this.images = images;
    producer = new KafkaProducer<>(KafkaSettings.producer(clients, Map.of("linger.ms", "5")));
  }

  /** Lets images flow until {@link #stop}. */
  public void start(int perSecond) {
    flowing = true;
    long began = System.nanoTime();
    long first = number;
    thread = new Thread(() -> run(began, first, perSecond), "feed");
    thread.start();
  }

  /** Lets images have these oddities from now on, in turn. */
  public void useVariations(List<RecordVariation> others) {
    oddities = List.copyOf(others);
  }

  /** Lets the bytes of images be elsewhere from now on, or in their records again. */
  public void useReferences(Optional<ImageReferences> others) {
    references = others;
  }

  /** Ends the flow, and waits until the broker has all of it. */
  public void stop() {
    flowing = false;
    if (thread != null) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      thread = null;
    }
    producer.flush();
    if (failure.get() != null) {
      throw new IllegalStateException("images could not be sent", failure.get());
    }
  }

  /** How many were sent, since the beginning. */
  public long count() {
    return sent.size();
  }

  /** What stands where, since the beginning. */
  public Map<RecordPosition, RecordKind> sent() {
    return new TreeMap<>(sent);
  }

  @Override
  public void close() {
    flowing = false;
    producer.close(CLOSING);
    images.close();
  }

  private void run(long began, long first, int perSecond) {
    try {
      while (flowing) {
        long due = first + (System.nanoTime() - began) * perSecond / 1_000_000_000;
        while (number < due && flowing) {
          sendNext();
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private void sendNext() {
    RecordKind ofRecord = RecordKind.of(number);
    Optional<ImageReferences> elsewhere = references;
    RecordKind kind =
        elsewhere
            .filter(some -> ofRecord == RecordKind.GOOD)
            .map(some -> some.kind(number))
            .orElse(ofRecord);
    RecordVariation oddity = oddities.get((int) (number % oddities.size()));
    var unused =
        producer.send(
            images.record(number, kind, oddity, elsewhere),
            (metadata, e) -> {
              if (e == null) {
                sent.put(new RecordPosition(metadata.partition(), metadata.offset()), kind);
              } else {
                failure.compareAndSet(null, e);
              }
            });
    number++;
  }
}
