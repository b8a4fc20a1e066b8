package io.stillstream.local.demo.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.image.ImageFormat;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.topics.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Sends the images of a data set, round and round, until the topic holds the wanted number. It
 * begins with what the topic holds already, gaps included, so it may be killed at any moment. It
 * stays a bounded number of images ahead of the trainer, so that ages measure the pipeline and not
 * a queue.
 */
public final class ImageFeeder implements AutoCloseable {
  /** Images fed and not yet trained. */
  static final int AHEAD = 512;

  /** One image out of so many comes without its class, so that there are images to label. */
  static final int UNLABELED_EVERY = 20;

  private static final Duration PAUSE = Duration.ofMillis(5);

  private final LabeledImages data;
  private final String dataName;
  private final ImageIds ids;
  private final ImageSender sender;
  private final BitSet sent = new BitSet();
  private final long before;
  private final long wanted;
  private final boolean allLabeled;
  private final LongSupplier completed;
  private final Thread thread = new Thread(this::run, "feeder");
  private final AtomicLong present = new AtomicLong();
  private volatile boolean stopped;
  private volatile RuntimeException failure;

  /**
   * Reads what is there and opens the producer; {@link #start} begins.
   *
   * @param wanted images in all, at most 2^31 - 1
   * @param allLabeled whether all images come with their classes, as far as the data has them
   * @param completed images that are trained or dead-lettered so far
   */
  public ImageFeeder(
      LabeledImages data,
      String dataName,
      Map<String, String> clients,
      MeterRegistry meters,
      long wanted,
      boolean allLabeled,
      LongSupplier completed) {
    this.data = data;
    this.dataName = dataName;
    this.ids = new ImageIds(dataName, data.size());
    this.wanted = Math.min(wanted, Integer.MAX_VALUE);
    this.allLabeled = allLabeled;
    this.completed = completed;
    try (TopicReader reader = new TopicReader(clients, Topics.IMAGES)) {
      reader.readAll(record -> note(record.key()));
    }
    this.before = sent.cardinality();
    this.present.set(before);
    this.sender = new ImageSender(clients, Topics.IMAGES, meters, Optional.empty());
  }

  public void start() {
    thread.start();
  }

  /** Images that the topic held at the start. */
  public long before() {
    return before;
  }

  /** Images fed over the life of the directory. */
  public long present() {
    return present.get();
  }

  /** Whether all wanted images are in the topic. */
  public boolean complete() {
    return present.get() >= wanted && sender.acknowledged() == present.get() - before;
  }

  /** Why it failed; null while it has not. */
  public RuntimeException failure() {
    return failure;
  }

  /** Stops feeding and waits for what is on its way. */
  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sender.close();
  }

  private void run() {
    try {
      for (int number = sent.nextClearBit(0);
          !stopped && present.get() < wanted;
          number = sent.nextClearBit(number)) {
        while (!stopped && present.get() - completed.getAsLong() >= AHEAD) {
          LockSupport.parkNanos(PAUSE.toNanos());
        }
        if (!stopped) {
          sender.send(event(number));
          sent.set(number);
          present.incrementAndGet();
        }
      }
      sender.flush();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private ImageEvent event(long number) {
    int index = ids.index(number);
    boolean isLabeled = allLabeled || number % UNLABELED_EVERY != UNLABELED_EVERY - 1;
    int label = isLabeled ? data.label(index) : LabeledImages.NO_LABEL;
    byte[] file = data.file(index);
    return ImageEvent.newBuilder()
        .setImageId(ids.id(number))
        .setSource(dataName)
        .setCapturedAt(Instant.now())
        // What it is was looked at when the data set was opened; what has changed since, the
        // augmenter finds out.
        .setContentType(
            ImageFormat.of(ByteBuffer.wrap(file))
                .map(ImageFormat::mediaType)
                .orElse("application/octet-stream"))
        .setPayload(ByteBuffer.wrap(file))
        .setLabel(label == LabeledImages.NO_LABEL ? null : label)
        .setMask(data.mask(index).map(MaskCodec::encode).orElse(null))
        .build();
  }

  private void note(byte[] key) {
    if (key != null) {
      ids.number(new String(key, UTF_8))
          .ifPresent(number -> sent.set(Math.toIntExact(Math.min(number, Integer.MAX_VALUE - 1))));
    }
  }
}
