package io.stillstream.trainer.review;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.checkpoint.store.CheckpointPart;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.config.ReviewSettings;
import io.stillstream.trainer.publish.ReviewRequestPublisher;
import io.stillstream.trainer.training.example.BatchBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * Chooses, minute by minute, the originals that a person should label, and requests each once: a
 * request is published when a checkpoint that remembers it is durable. Nothing here waits. Belongs
 * to the loop's thread.
 */
public final class ReviewRequester implements CheckpointPart {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final ReviewSettings settings;
  private final OutputShape output;
  private final ReviewRequestFactory factory;
  private final ReviewRequestPublisher publisher;
  private final InstantSource clock;
  private final MinuteSelection selection;
  private final RequestedImages requested;

  /** Requests that no durable checkpoint has, by the number of their image. */
  private final Map<Long, ReviewRequest> unsaved = new LinkedHashMap<>();

  /** Those that the checkpoint has which is being written. */
  private List<Long> captured = List.of();

  /** Those of the checkpoint that training continues from. */
  private final List<ReviewRequest> restored = new ArrayList<>();

  private long lastRetry;
  private boolean retried;

  /** Requests that wait, for other threads. */
  private volatile int waiting;

  /**
   * @param batches says what student and teacher answer, and decodes views
   * @param state that training continues from
   * @param published numbers of images whose requests brokers are known to have besides
   */
  public ReviewRequester(
      ReviewSettings settings,
      ModelSpec student,
      BatchBuilder batches,
      ReviewRequestPublisher publisher,
      InstantSource clock,
      ReviewState state,
      Set<Long> published,
      MeterRegistry registry) {
    this.settings = settings;
    this.output = batches.output();
    this.factory = new ReviewRequestFactory(student, batches);
    this.publisher = publisher;
    this.clock = clock;
    this.selection =
        new MinuteSelection(
            settings.perMinute(), state.candidates().isEmpty() ? minute() : state.minute());
    this.requested = new RequestedImages(settings.rememberedImages());
    for (long image : state.requested()) {
      requested.add(image);
    }
    requested.addAll(published);
    state.candidates().stream()
        .filter(request -> !published.contains(number(request)))
        .forEach(selection::add);
    state.waiting().stream()
        .filter(request -> !published.contains(number(request)))
        .forEach(restored::add);
    countWaiting();
    Gauge.builder("student.review.waiting", this, requests -> requests.waiting)
        .description("Requests for review that wait for a checkpoint or for brokers")
        .register(registry);
  }

  /**
   * Considers the originals of a batch that was trained on.
   *
   * @param step of the student before it
   * @param answers of the student then, a row for each original of the batch
   */
  public void offer(List<ConsumedView> batch, long step, float[] answers) {
    if (!settings.isEnabled()) {
      return;
    }
    advanceMinute();
    int row = 0;
    for (ConsumedView view : batch) {
      if (view.view().isOriginal()) {
        consider(view, step, answers, row);
        row++;
      }
    }
  }

  private void consider(ConsumedView view, long step, float[] answers, int row) {
    if (view.view().hasTruth()
        || !view.view().hasAnswer()
        || requested.contains(view.view().image())) {
      return;
    }
    Optional<String> imageId = imageId(view);
    if (imageId.isEmpty() || selection.contains(imageId.get())) {
      return;
    }
    AnswerComparison comparison = AnswerComparison.of(output, view.view().logits(), answers, row);
    ReviewPriority.of(comparison, settings)
        .filter(priority -> selection.admits(priority.value()))
        .ifPresent(
            priority ->
                selection.add(
                    factory.request(
                        view, imageId.get(), priority, comparison, step, clock.instant())));
  }

  /** From the record's key; empty where that is not the image of the view. */
  private static Optional<String> imageId(ConsumedView view) {
    return Optional.ofNullable(view.source().key())
        .map(key -> new String(key, UTF_8))
        .filter(id -> ImageIdHash.of(id).number() == view.view().image());
  }

  /**
   * Requests what the last minute has brought, and sends again what did not arrive.
   *
   * @param nanos the time
   */
  public void poll(long nanos) {
    if (!settings.isEnabled()) {
      return;
    }
    advanceMinute();
    restored.forEach(publisher::publish);
    restored.clear();
    if (publisher.size() > 0 && (!retried || nanos - lastRetry >= RETRY.toNanos())) {
      retried = true;
      lastRetry = nanos;
      publisher.retry();
    }
    countWaiting();
  }

  private void advanceMinute() {
    long now = minute();
    if (now == selection.minute()) {
      return;
    }
    for (ReviewRequest request : selection.next(now)) {
      if (waitingNow() >= settings.maxWaiting()) {
        publisher.drop();
        continue;
      }
      requested.add(number(request));
      // A copy: a checkpoint with the candidate may be being written.
      unsaved.put(
          number(request),
          ReviewRequest.newBuilder(request).setRequestedAt(clock.instant()).build());
    }
    countWaiting();
  }

  /** Drops the requests of images that are to be erased, unless they have been sent. */
  public void erase(LongPredicate images) {
    Predicate<ReviewRequest> erased = request -> images.test(number(request));
    selection.removeIf(erased);
    unsaved.keySet().removeIf(images::test);
    restored.removeIf(erased);
    publisher.removeIf(erased);
    requested.removeIf(images);
    countWaiting();
  }

  @Override
  public void capture(Map<String, CheckpointStore.FileContent> files) {
    captured = List.copyOf(unsaved.keySet());
    List<ReviewRequest> undelivered = new ArrayList<>(publisher.undelivered());
    undelivered.addAll(restored);
    undelivered.addAll(unsaved.values());
    ReviewState state =
        new ReviewState(
            clock.millis(),
            selection.minute(),
            selection.best(),
            List.copyOf(undelivered),
            requested.toArray());
    // Without a request, too: after a loss of later checkpoints, the time says what was published.
    if (settings.isEnabled() || !state.isEmpty()) {
      files.put(ReviewState.FILE, state::write);
    }
  }

  @Override
  public boolean isUnsaved() {
    return !unsaved.isEmpty();
  }

  @Override
  public void durable() {
    for (Long image : captured) {
      ReviewRequest request = unsaved.remove(image);
      if (request != null) {
        publisher.publish(request);
      }
    }
    captured = List.of();
  }

  private int waitingNow() {
    return unsaved.size() + restored.size() + publisher.size();
  }

  private void countWaiting() {
    waiting = waitingNow();
  }

  private long minute() {
    return Math.floorDiv(clock.millis(), MINUTE.toMillis());
  }

  private static long number(ReviewRequest request) {
    return ImageIdHash.of(request.getImageId()).number();
  }
}
