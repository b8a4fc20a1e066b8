package io.stillstream.augmenter.fetch.prefetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.metrics.FetchMetrics;
import io.stillstream.runtime.records.RecordCoordinates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Several consumers that poll, process, lose partitions and read again, over a store that often
 * fails. Whatever the timing is, each record gets its own object, the bounds hold, and nothing is
 * left.
 */
@Timeout(120)
final class ObjectPrefetcherRandomTest {
  private static final int CONSUMERS = 3;
  private static final int RECORDS = 400;
  private static final int MAX_BYTES = 50;
  private static final int MAX_TOTAL_BYTES = 200;
  private static final int MAX_OBJECTS = 10;

  private final AtomicInteger mostObjects = new AtomicInteger();
  private final AtomicLong mostBytes = new AtomicLong();
  private final ObjectPrefetcher prefetcher =
      new ObjectPrefetcher(
          new FetchSettings(
              List.of(),
              Optional.empty(),
              Optional.empty(),
              6,
              MAX_BYTES,
              MAX_OBJECTS,
              MAX_TOTAL_BYTES,
              Duration.ofSeconds(1),
              Duration.ofSeconds(1)),
          new FailingSource(),
          record -> Optional.of(reference(record.partition(), record.offset())),
          new ResultWait(Duration.ofSeconds(100), new CountDownLatch(1)),
          new Maxima());

  @Test
  void shouldGiveEachRecordItsObjectAndKeepNothing() throws Exception {
    // given
    ExecutorService consumers = Executors.newFixedThreadPool(CONSUMERS);
    try {
      // when
      List<Future<?>> ends = new ArrayList<>();
      for (int consumer = 0; consumer < CONSUMERS; consumer++) {
        int number = consumer;
        ends.add(consumers.submit(() -> consume(number)));
      }
      for (Future<?> end : ends) {
        end.get();
      }

      // then
      await().until(prefetcher::isIdle);
      assertThat(mostObjects).hasValueLessThanOrEqualTo(MAX_OBJECTS + CONSUMERS);
      assertThat(mostBytes).hasValueLessThanOrEqualTo(MAX_TOTAL_BYTES + CONSUMERS * MAX_BYTES);
      assertThat(mostObjects).as("fetched ahead").hasValueGreaterThan(CONSUMERS);
    } finally {
      consumers.shutdownNow();
      prefetcher.close();
    }
  }

  /** Processes two partitions in turn, as a stream thread does. */
  private void consume(int number) {
    Random random = new Random(number);
    int[] partitions = {2 * number, 2 * number + 1};
    long[] next = {0, 0};
    Object owner = new Object();
    while (next[0] < RECORDS || next[1] < RECORDS) {
      int count = 1 + random.nextInt(30);
      List<ConsumerRecord<byte[], byte[]>> polled = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        for (long offset = next[i]; offset < Math.min(RECORDS, next[i] + count); offset++) {
          polled.add(new ConsumerRecord<>("images", partitions[i], offset, null, new byte[0]));
        }
      }
      prefetcher.offer(polled, owner);
      // Some polled records are not processed: they will be polled again.
      int processed = random.nextInt(count + 1);
      for (int k = 0; k < processed; k++) {
        for (int i = 0; i < 2; i++) {
          if (next[i] < RECORDS) {
            process(new RecordCoordinates("images", partitions[i], next[i]));
            next[i]++;
          }
        }
      }
      switch (random.nextInt(4)) {
        case 0 -> prefetcher.revoked(partitions[0]);
        case 1 -> {
          prefetcher.release(owner);
          owner = new Object();
        }
        case 2 -> next[1] = Math.max(0, next[1] - random.nextInt(3)); // seeks back
        default -> {}
      }
    }
    prefetcher.revoked(partitions[0]);
    prefetcher.release(owner);
    prefetcher.revoked(partitions[1]);
  }

  private void process(RecordCoordinates at) {
    while (true) {
      try {
        FetchedObject object = prefetcher.fetch(at, reference(at.partition(), at.offset()));
        assertThat(new String(object.bytes(), UTF_8)).isEqualTo(uri(at.partition(), at.offset()));
        assertThat(isGone(at.offset())).isFalse();
        break;
      } catch (RejectedObjectException e) {
        assertThat(isGone(at.offset())).isTrue();
        break;
      } catch (UnavailableObjectException e) {
        // Again, as the record waits for its store.
      }
    }
    prefetcher.processed(at);
  }

  private static boolean isGone(long offset) {
    return offset % 17 == 3;
  }

  private static String uri(int partition, long offset) {
    return partition + "@" + offset + " " + "x".repeat((int) (offset % 40));
  }

  /** Every third without a size. */
  private static ObjectReference reference(int partition, long offset) {
    String uri = uri(partition, offset);
    return new ObjectReference(
        uri,
        offset % 3 == 0 ? OptionalLong.empty() : OptionalLong.of(uri.length()),
        Optional.empty());
  }

  /** Each object is its address. */
  private static final class FailingSource implements ObjectSource {
    private final Random random = new Random(7);

    @Override
    public byte[] read(ObjectReference reference) {
      int chance;
      synchronized (random) {
        chance = random.nextInt(5);
      }
      if (chance == 0) {
        throw new UnavailableObjectException("away", null);
      }
      long offset =
          Long.parseLong(
              reference
                  .uri()
                  .substring(reference.uri().indexOf('@') + 1, reference.uri().indexOf(' ')));
      if (isGone(offset)) {
        throw new RejectedObjectException(ObjectRejection.NOT_FOUND, "gone");
      }
      return reference.uri().getBytes(UTF_8);
    }

    @Override
    public void close() {}
  }

  private final class Maxima implements FetchMetrics {
    @Override
    public void fetched(String result, Duration duration) {}

    @Override
    public void retried() {}

    @Override
    public void waited(Duration duration) {}

    @Override
    public void held(int objects, long bytes) {
      mostObjects.accumulateAndGet(objects, Math::max);
      mostBytes.accumulateAndGet(bytes, Math::max);
    }
  }
}
