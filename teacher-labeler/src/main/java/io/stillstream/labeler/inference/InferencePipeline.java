package io.stillstream.labeler.inference;

import io.stillstream.labeler.batching.InferenceBatch;
import io.stillstream.labeler.input.ConsumedRecord;
import io.stillstream.labeler.result.EncodedResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Batches on their way through three steps: decoded by some threads, answered on one thread for
 * each lane, encoded on another one. While one is answered the next is decoded and the last is
 * encoded. They come out in the order in which they went in, however fast each was, and there are
 * never more than two beyond the number of lanes.
 *
 * <p>The methods belong to one thread.
 */
public final class InferencePipeline implements AutoCloseable {
  /** One that is laid out or waits for a lane, one that is encoded or waits to be taken. */
  private static final int BESIDE_THE_LANES = 2;

  /** For threads to end: a question that a teacher is at work on cannot be taken back. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final BatchLabeler labeling;
  private final ExecutorService decoders;
  private final List<Lane> lanes;
  private final ExecutorService encoder;
  private final Deque<InFlightBatch> flights = new ArrayDeque<>();

  /** Abandoned, but not at an end: a step that has begun holds memory, and perhaps a lane. */
  private final List<InFlightBatch> orphans = new ArrayList<>();

  /**
   * @param lanes how many batches the teacher answers at a time
   */
  public InferencePipeline(BatchLabeler labeling, int decodeThreads, int lanes) {
    this.labeling = labeling;
    this.decoders = threads("labeler-decode", decodeThreads);
    this.lanes = IntStream.range(0, lanes).mapToObj(Lane::new).toList();
    this.encoder = threads("labeler-encode", 1);
  }

  /** Most batches at a time. */
  int capacity() {
    return lanes.size() + BESIDE_THE_LANES;
  }

  public boolean hasRoom() {
    orphans.removeIf(InFlightBatch::isDone);
    return flights.size() + orphans.size() < capacity();
  }

  public boolean isEmpty() {
    return flights.isEmpty();
  }

  /** Views that have gone in and have not been taken. */
  public int views() {
    return flights.stream().mapToInt(flight -> flight.batch().items().size()).sum();
  }

  /** See {@link BatchLabeler#prepare}. */
  public CompletableFuture<Void> prepare() {
    return CompletableFuture.runAsync(labeling::prepare, encoder);
  }

  /** Puts a batch in; there must be room. */
  public void submit(InferenceBatch<ConsumedRecord> batch) {
    InFlightBatch flight = new InFlightBatch(batch);
    launch(flight);
    flights.add(flight);
  }

  public boolean isOldestDone() {
    return !flights.isEmpty() && flights.peek().isDone();
  }

  /** Waits until the oldest batch is done, but not for longer than that. */
  public void awaitOldest(Duration patience) {
    try {
      var unused = flights.element().outcomes().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // Whoever asks for the outcomes will see.
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /**
   * The outcomes of the oldest batch, one for each record. If the registry was away for it, it is
   * under way again, and so is every other to which that happened.
   */
  public CompletableFuture<List<EncodedResult>> oldest() {
    if (flights.element().failedOnRegistry()) {
      flights.stream().filter(InFlightBatch::failedOnRegistry).forEach(this::launch);
    }
    return flights.element().outcomes();
  }

  /** Takes the oldest batch out. */
  public InferenceBatch<ConsumedRecord> take() {
    return flights.remove().batch();
  }

  /** Forgets all batches. What has begun goes on for a while, but nobody will see it. */
  public void abandon() {
    flights.forEach(InFlightBatch::cancel);
    orphans.addAll(flights);
    flights.clear();
  }

  @Override
  public void close() {
    abandon();
    List<ExecutorService> all =
        Stream.concat(Stream.of(decoders, encoder), lanes.stream().map(Lane::thread)).toList();
    all.forEach(ExecutorService::shutdownNow);
    try {
      for (ExecutorService threads : all) {
        boolean unused = threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void launch(InFlightBatch flight) {
    BatchLabeler.Task work =
        labeling.begin(flight.batch().items().stream().map(ConsumedRecord::record).toList());
    flight.launched(
        whenClear(flight, work.isExclusive())
            .thenApplyAsync(clear -> decode(flight, work), decoders)
            .thenCompose(
                lane -> CompletableFuture.runAsync(() -> infer(flight, work, lane), lane.thread))
            .thenApplyAsync(answered -> encode(flight, work), encoder)
            .whenComplete((outcomes, failure) -> work.close()),
        work.isExclusive());
  }

  /** A batch that must be alone waits for all others in hand, and all others for it. */
  private CompletableFuture<Void> whenClear(InFlightBatch flight, boolean exclusive) {
    return CompletableFuture.allOf(
            Stream.concat(orphans.stream(), flights.stream())
                .filter(other -> other != flight && (exclusive || other.isExclusive()))
                .map(InFlightBatch::outcomes)
                .toArray(CompletableFuture<?>[]::new))
        .handle((done, failure) -> null);
  }

  private Lane decode(InFlightBatch flight, BatchLabeler.Task work) {
    flight.throwIfCancelled();
    Lane lane = leastBusy();
    try {
      work.decode(lane.number);
      return lane;
    } catch (RuntimeException | Error e) {
      lane.inHand.decrementAndGet();
      throw e;
    }
  }

  private static void infer(InFlightBatch flight, BatchLabeler.Task work, Lane lane) {
    try {
      flight.throwIfCancelled();
      work.infer();
    } finally {
      lane.inHand.decrementAndGet();
    }
  }

  private static List<EncodedResult> encode(InFlightBatch flight, BatchLabeler.Task work) {
    flight.throwIfCancelled();
    return work.encode();
  }

  /** Several decoders may ask at once. */
  private synchronized Lane leastBusy() {
    Lane lane =
        lanes.stream().min(Comparator.comparingInt(each -> each.inHand.get())).orElseThrow();
    lane.inHand.incrementAndGet();
    return lane;
  }

  private static ExecutorService threads(String name, int count) {
    return Executors.newFixedThreadPool(count, work -> new Thread(work, name));
  }

  private static final class Lane {
    private final int number;
    private final ExecutorService thread;
    private final AtomicInteger inHand = new AtomicInteger();

    private Lane(int number) {
      this.number = number;
      this.thread = threads("labeler-infer-" + number, 1);
    }

    private ExecutorService thread() {
      return thread;
    }
  }
}
