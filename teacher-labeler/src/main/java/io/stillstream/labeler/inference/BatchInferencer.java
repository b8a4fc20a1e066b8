package io.stillstream.labeler.inference;

import io.stillstream.labeler.batching.BatchBuckets;
import io.stillstream.labeler.batching.DeviceBatchLimits;
import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.PreparedBatch;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.result.ViewResult.Labeled;
import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.labeler.result.ViewResult.Rejected;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Puts views before a teacher, no more at once than its device holds, padded with grey views where
 * there are buckets. A batch on which the teacher fails is halved, and its halves too, until the
 * view that is to blame stands alone: one poisonous view costs at most 2·log2(N) further questions,
 * and no other view its label.
 *
 * <p>No view is to blame if the teacher fails on a view that it is known to answer: a device out of
 * order fails on everything, and would otherwise turn the whole stream into dead letters. Nor if
 * there is no room for a batch: it is put in smaller parts, and so are all that follow.
 *
 * <p>Safe for several threads, as far as the teachers are.
 */
public final class BatchInferencer {
  private final BatchBuckets sizes;
  private final DeviceBatchLimits caps;
  private final LabelerMetrics metrics;
  private final LongSupplier nanoTime;

  /**
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public BatchInferencer(
      BatchBuckets sizes, DeviceBatchLimits caps, LabelerMetrics metrics, LongSupplier nanoTime) {
    this.sizes = sizes;
    this.caps = caps;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  /**
   * Lays views out for a teacher; see {@link TeacherModel#prepare}. The caller closes the paper.
   */
  public PreparedViews prepare(TeacherModel teacher, List<Pixels> views) {
    PreparedViews paper = new PreparedViews(teacher, views.size());
    try {
      for (List<Pixels> part : divided(teacher, views)) {
        paper.parts.add(part(teacher, part));
      }
      return paper;
    } catch (RuntimeException | Error e) {
      paper.close();
      throw e;
    }
  }

  /**
   * Answers in the order of the views, one for each.
   *
   * @throws BrokenTeacherException if the teacher fails on a view alone and on its {@link
   *     TeacherModel#knownGood} too; no view is answered then
   */
  public List<ViewResult> infer(PreparedViews paper) {
    List<ViewResult> answers = new ArrayList<>(paper.views);
    for (Chunk part : paper.parts) {
      infer(paper.teacher, part, answers);
    }
    return answers;
  }

  /** Views that have been laid out for a teacher. */
  public static final class PreparedViews implements AutoCloseable {
    private final TeacherModel teacher;
    private final int views;
    private final List<Chunk> parts = new ArrayList<>(1);

    private PreparedViews(TeacherModel teacher, int views) {
      this.teacher = teacher;
      this.views = views;
    }

    @Override
    public void close() {
      parts.forEach(Chunk::close);
      parts.clear();
    }
  }

  /** Views to be asked at once; the batch holds them first, and then what pads it. */
  private record Chunk(List<Pixels> views, PreparedBatch batch) implements AutoCloseable {
    @Override
    public void close() {
      batch.close();
    }
  }

  private void infer(TeacherModel teacher, Chunk part, List<ViewResult> answers) {
    List<Pixels> views = part.views;
    int asked = part.batch.size();
    if (asked > 1 && asked > caps.of(teacher.device())) {
      // Laid out before it became known how little there is room for.
      examineInParts(teacher, divided(teacher, views), answers);
      return;
    }
    float[][] logits;
    try {
      logits = ask(teacher, part.batch);
    } catch (InferenceException e) {
      if (e.isOutOfMemory() && asked > 1) {
        caps.outOfMemory(teacher.device(), asked);
        examineInParts(teacher, divided(teacher, views), answers);
      } else if (views.size() == 1) {
        requireWorking(teacher, e);
        answers.add(new Rejected(Reason.INFERENCE, e.getMessage()));
      } else {
        int half = views.size() / 2;
        examineInParts(
            teacher, List.of(views.subList(0, half), views.subList(half, views.size())), answers);
      }
      return;
    }
    for (int n = 0; n < views.size(); n++) {
      answers.add(toResult(logits[n]));
    }
  }

  private void examineInParts(
      TeacherModel teacher, List<List<Pixels>> parts, List<ViewResult> answers) {
    for (List<Pixels> views : parts) {
      try (Chunk part = part(teacher, views)) {
        infer(teacher, part, answers);
      }
    }
  }

  private List<List<Pixels>> divided(TeacherModel teacher, List<Pixels> views) {
    int most = sizes.largestWithin(caps.of(teacher.device()));
    if (views.size() <= most) {
      return views.isEmpty() ? List.of() : List.of(views);
    }
    List<List<Pixels>> parts = new ArrayList<>();
    for (int from = 0; from < views.size(); from += most) {
      parts.add(views.subList(from, Math.min(views.size(), from + most)));
    }
    return parts;
  }

  private Chunk part(TeacherModel teacher, List<Pixels> views) {
    int padding = sizes.padded(views.size(), caps.of(teacher.device())) - views.size();
    if (padding == 0) {
      return new Chunk(views, teacher.prepare(views));
    }
    List<Pixels> padded = new ArrayList<>(views);
    padded.addAll(Collections.nCopies(padding, teacher.knownGood()));
    return new Chunk(views, teacher.prepare(padded));
  }

  private float[][] ask(TeacherModel teacher, PreparedBatch batch) {
    long start = nanoTime.getAsLong();
    try {
      return teacher.logits(batch);
    } finally {
      metrics.inference(Duration.ofNanos(nanoTime.getAsLong() - start));
    }
  }

  private void requireWorking(TeacherModel teacher, InferenceException failure) {
    float[][] logits;
    try (PreparedBatch grey = teacher.prepare(List.of(teacher.knownGood()))) {
      logits = ask(teacher, grey);
    } catch (InferenceException e) {
      e.addSuppressed(failure);
      throw new BrokenTeacherException(
          "the teacher fails on a view that it has answered before: " + e.getMessage(), e);
    }
    if (toResult(logits[0]) instanceof Rejected refused) {
      throw new BrokenTeacherException(
          "the teacher fails on a view (%s), and of one that it has answered before %s"
              .formatted(failure.getMessage(), refused.message()),
          failure);
    }
  }

  private static ViewResult toResult(float[] logits) {
    for (int k = 0; k < logits.length; k++) {
      if (!Float.isFinite(logits[k])) {
        return new Rejected(Reason.NON_FINITE, "the logit of class " + k + " is " + logits[k]);
      }
    }
    return new Labeled(logits);
  }
}
