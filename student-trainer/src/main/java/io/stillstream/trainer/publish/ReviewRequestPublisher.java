package io.stillstream.trainer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.schemas.ReviewReason;
import io.stillstream.schemas.ReviewRequest;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes requests for review, each until a broker has it. What may be published is in a durable
 * checkpoint. A request that can never be sent is dropped, logged and counted. Nothing here waits.
 * Belongs to the loop's thread.
 */
public final class ReviewRequestPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(ReviewRequestPublisher.class);

  /** So many are under way at a time: events and releases share the sender's queue. */
  private static final int SENDING = 16;

  private final UnconfirmedRecords<ReviewRequest> waiting;
  private final MeterProvider<Counter> published;
  private final Counter dropped;

  public ReviewRequestPublisher(String topic, AsyncRecordSender sender, MeterRegistry registry) {
    waiting =
        new UnconfirmedRecords<>(
            topic,
            sender,
            SENDING,
            request -> request.getImageId().getBytes(UTF_8),
            request -> request);
    published =
        Counter.builder("student.review.requests")
            .description("Requests for review that brokers have")
            .withRegistry(registry);
    dropped =
        Counter.builder("student.review.dropped")
            .description("Requests for review given up: too many wait, or one cannot be sent")
            .register(registry);
    Stream.of(ReviewReason.values())
        .filter(reason -> reason != ReviewReason.UNKNOWN)
        .forEach(this::published);
  }

  /** Publishes a request. */
  public void publish(ReviewRequest request) {
    waiting.add(request);
  }

  /** Notes what has arrived, and sends what has not. */
  public void retry() {
    confirmDeliveries();
    waiting.resend();
  }

  /** The requests that no broker is known to have, oldest first. */
  public List<ReviewRequest> undelivered() {
    confirmDeliveries();
    return waiting.records();
  }

  /** How many no broker was known to have when it was last asked. */
  public int size() {
    return waiting.size();
  }

  /** Forgets requests; those that are under way may still arrive. */
  public void removeIf(Predicate<ReviewRequest> filter) {
    waiting.removeIf(filter);
  }

  /** A request has been given up before it was published. */
  public void drop() {
    dropped.increment();
  }

  private void confirmDeliveries() {
    UnconfirmedRecords.Settled<ReviewRequest> settled = waiting.settle();
    settled.delivered().forEach(request -> published(request.getReason()).increment());
    for (ReviewRequest refused : settled.refused()) {
      LOG.atError()
          .addKeyValue("step", refused.getStep())
          .addKeyValue("reason", refused.getReason())
          .log("A request for review cannot be sent as it is and is dropped");
      dropped.increment();
    }
  }

  private Counter published(ReviewReason reason) {
    return published.withTag("reason", reason.name().toLowerCase(Locale.ROOT));
  }
}
