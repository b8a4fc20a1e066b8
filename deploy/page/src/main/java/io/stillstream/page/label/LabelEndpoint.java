package io.stillstream.page.label;

import io.stillstream.page.trainer.TrainingStatus;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.HttpEndpoint.Request;
import io.stillstream.runtime.http.SameOrigin;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.answer.ModelTask;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * {@code POST /page/labels}: takes the true class of an image from a reader of the page. The answer
 * says what was written; an error says why nothing was: 400 for what is wrong in the request, 403
 * where labels are off or the request is another site's, 415 for another content type, 429 for too
 * many, 503 while trainer, registry or brokers are away.
 */
public final class LabelEndpoint implements AutoCloseable {
  private static final String PATH = "/page/labels";
  private static final String SOURCE = "page";

  /** The longest id with every character escaped, and the rest. */
  private static final int LONGEST_BODY = 6 * LabelRequest.LONGEST_ID + 1024;

  private final boolean write;
  private final Supplier<TrainingStatus> training;
  private final Predicate<Throwable> refused;
  private final LabelSender sender;
  private final InstantSource clock;
  private final TokenBucket bucket;

  /**
   * @param training names the classes
   * @param refused is told of each failure to write
   */
  public LabelEndpoint(
      PageLabelSettings settings,
      Map<String, String> kafka,
      String topic,
      Supplier<TrainingStatus> training,
      Predicate<Throwable> refused) {
    this(
        settings,
        training,
        refused,
        new PageLabelProducer(kafka, topic),
        InstantSource.system(),
        System::nanoTime);
  }

  LabelEndpoint(
      PageLabelSettings settings,
      Supplier<TrainingStatus> training,
      Predicate<Throwable> refused,
      LabelSender sender,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.write = settings.write();
    this.training = training;
    this.refused = refused;
    this.sender = sender;
    this.clock = clock;
    this.bucket = new TokenBucket(settings.perMinute(), nanoTime);
  }

  /** For the management port. */
  public HttpEndpoint endpoint() {
    return new HttpEndpoint("POST", PATH, LONGEST_BODY, this::answer);
  }

  private Reply answer(Request request) throws InterruptedException {
    if (!write) {
      return Reply.error(403, "this page takes no labels: labels.write is false in its settings");
    }
    if (!SameOrigin.holds(request)) {
      return Reply.error(403, "labels are taken from this page only, not from other sites");
    }
    if (!request.contentType().equals("application/json")) {
      return Reply.error(415, "the content type must be application/json");
    }
    TrainingStatus student = training.get();
    if (student.student().isEmpty()) {
      return Reply.error(503, "the trainer has not told its classes yet; try again");
    }
    if (!student.task().equals(ModelTask.CLASSIFICATION.key())) {
      return Reply.error(
          400, "the student's task is %s: its truth is no class".formatted(student.task()));
    }
    try {
      LabelRequest chosen = LabelRequest.read(request.body());
      return write(chosen.imageId(), chosen.index(student.classes()), student);
    } catch (IllegalArgumentException e) {
      return Reply.error(400, e.getMessage());
    }
  }

  private Reply write(String imageId, int index, TrainingStatus student)
      throws InterruptedException {
    if (!bucket.tryTake()) {
      return Reply.error(429, "too many labels in a minute; try again later");
    }
    try {
      sender.send(
          ImageLabel.newBuilder()
              .setImageId(imageId)
              .setLabel(index)
              .setSource(SOURCE)
              .setLabeledAt(clock.instant())
              .build());
    } catch (LabelNotTakenException e) {
      boolean unused = refused.test(e);
      return Reply.error(503, e.getMessage() + "; try again");
    }
    return Reply.ok(
        Map.of("imageId", imageId, "label", index, "name", student.classes().get(index)));
  }

  @Override
  public void close() {
    sender.close();
  }
}
