package io.stillstream.trainer.review;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.ClassScore;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.schemas.image.Thumbnail;
import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.PackedAnswer;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes requests for review of views, with thumbnails of their pixels. */
final class ReviewRequestFactory {
  private static final Logger LOG = LoggerFactory.getLogger(ReviewRequestFactory.class);
  private static final int CLASSES = 3;
  private static final int SIDE = 128;

  private final ModelSpec student;
  private final BatchBuilder batches;

  ReviewRequestFactory(ModelSpec student, BatchBuilder batches) {
    this.student = student;
    this.batches = batches;
  }

  /**
   * A request of now.
   *
   * @param step of the student when it answered
   */
  ReviewRequest request(
      ConsumedView view,
      String imageId,
      ReviewPriority priority,
      AnswerComparison answers,
      long step,
      Instant now) {
    int known = Math.min(CLASSES, PackedAnswer.knownClasses(view.view()));
    return ReviewRequest.newBuilder()
        .setImageId(imageId)
        .setStudent(student.name())
        .setStep(step)
        .setReason(priority.reason())
        .setPriority(priority.value())
        .setTeacherTop(top(answers.teacher(), known))
        .setStudentTop(top(answers.student(), CLASSES))
        .setPayloadUri(view.payloadUri().orElse(null))
        .setThumbnail(thumbnail(view.view()))
        .setCapturedAt(view.capturedAt())
        .setRequestedAt(now)
        .build();
  }

  private List<ClassScore> top(double[] probabilities, int count) {
    return IntStream.of(Logits.top(probabilities, count))
        .mapToObj(k -> new ClassScore(k, student.classes().get(k), probabilities[k]))
        .toList();
  }

  /** Null where none can be made: the answers are worth a request without one. */
  private ByteBuffer thumbnail(TrainingExample view) {
    int height = student.height();
    int width = student.width();
    try {
      byte[] pixels = batches.decode(view.encoding(), view.pixels());
      return ByteBuffer.wrap(
          Thumbnail.ofPixels(
              pixels, height, width, student.channels(), SIDE, (long) height * width));
    } catch (RuntimeException | LinkageError e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("A view has no thumbnail");
      return null;
    }
  }
}
