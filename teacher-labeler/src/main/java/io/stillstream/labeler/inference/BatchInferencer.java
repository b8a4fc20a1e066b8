package io.stillstream.labeler.inference;

import io.stillstream.labeler.batching.BatchBuckets;
import io.stillstream.labeler.batching.DeviceBatchLimits;
import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.labeler.result.ViewResult.Rejected;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Runs a teacher on views, in batches that fit its device, padded with grey views up to the next
 * bucket. A batch on which the teacher fails is halved, and its halves too, until the failing view
 * is alone: one such view costs at most 2·log2(N) further batches, and no other view its label.
 *
 * <p>No view is rejected if the teacher also fails on a view that it has inferred before: a
 * defective device fails on everything, and would turn the whole stream into dead letters. Nor if
 * the device runs out of memory: the batch is split, and so are the following ones. A server may
 * fail on everything for a moment: there a view must fail again after the other view was inferred.
 *
 * <p>As thread-safe as the teachers.
 */
public final class BatchInferencer {
  private final BatchBuckets buckets;
  private final DeviceBatchLimits limits;
  private final LabelerMetrics metrics;
  private final LongSupplier nanoTime;

  /**
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public BatchInferencer(
      BatchBuckets buckets,
      DeviceBatchLimits limits,
      LabelerMetrics metrics,
      LongSupplier nanoTime) {
    this.buckets = buckets;
    this.limits = limits;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  /** Prepares views; see {@link TeacherModel#prepare}. The caller closes the result. */
  public InferenceInput prepare(TeacherModel teacher, List<Pixels> views) {
    InferenceInput prepared = new InferenceInput(teacher, views.size());
    try {
      for (List<Pixels> chunk : split(teacher, views)) {
        prepared.chunks.add(chunk(teacher, chunk));
      }
      return prepared;
    } catch (RuntimeException | Error e) {
      prepared.close();
      throw e;
    }
  }

  /**
   * Infers; one result for each view, in their order.
   *
   * @throws BrokenTeacherException if the teacher fails on a view alone and on its {@link
   *     TeacherModel#knownGood} too
   * @throws TeacherUnavailableException if it does so on a server, which may recover
   */
  public List<ViewResult> infer(InferenceInput prepared) {
    List<ViewResult> results = new ArrayList<>(prepared.views);
    for (Chunk chunk : prepared.chunks) {
      infer(prepared.teacher, chunk, results);
    }
    return results;
  }

  /** Views prepared for a teacher, as one batch or, where memory is short, several. */
  public static final class InferenceInput implements AutoCloseable {
    private final TeacherModel teacher;
    private final int views;
    private final List<Chunk> chunks = new ArrayList<>(1);

    private InferenceInput(TeacherModel teacher, int views) {
      this.teacher = teacher;
      this.views = views;
    }

    @Override
    public void close() {
      chunks.forEach(Chunk::close);
      chunks.clear();
    }
  }

  /** One batch: it holds these views first and then the padding. */
  private record Chunk(List<Pixels> views, DeviceBatch batch) implements AutoCloseable {
    @Override
    public void close() {
      batch.close();
    }
  }

  private void infer(TeacherModel teacher, Chunk chunk, List<ViewResult> results) {
    List<Pixels> views = chunk.views;
    int size = chunk.batch.size();
    if (size > 1 && size > limits.of(teacher.device())) {
      // Prepared before the limit became so low.
      inferInChunks(teacher, split(teacher, views), results);
      return;
    }
    float[][] answers;
    try {
      answers = answers(teacher, chunk);
    } catch (InferenceException e) {
      if (e.isOutOfMemory() && size > 1) {
        limits.outOfMemory(teacher.device(), size);
        inferInChunks(teacher, split(teacher, views), results);
      } else if (views.size() == 1) {
        requireWorking(teacher, e);
        results.add(e.isOfServer() ? inferredAgain(teacher, chunk) : rejected(e));
      } else {
        int half = views.size() / 2;
        inferInChunks(
            teacher, List.of(views.subList(0, half), views.subList(half, views.size())), results);
      }
      return;
    }
    for (int n = 0; n < views.size(); n++) {
      results.add(ViewResult.of(answers[n], teacher.output()));
    }
  }

  /**
   * Infers a view that has failed alone at a server. Perhaps the server failed on everything then,
   * as it does while it loads a model, and has recovered since.
   */
  private ViewResult inferredAgain(TeacherModel teacher, Chunk chunk) {
    try {
      return ViewResult.of(answers(teacher, chunk)[0], teacher.output());
    } catch (InferenceException e) {
      requireWorking(teacher, e);
      return rejected(e);
    }
  }

  private static Rejected rejected(InferenceException failure) {
    return new Rejected(Reason.INFERENCE, failure.getMessage());
  }

  private void inferInChunks(
      TeacherModel teacher, List<List<Pixels>> chunks, List<ViewResult> results) {
    for (List<Pixels> views : chunks) {
      try (Chunk chunk = chunk(teacher, views)) {
        infer(teacher, chunk, results);
      }
    }
  }

  private List<List<Pixels>> split(TeacherModel teacher, List<Pixels> views) {
    int most = buckets.largestWithin(limits.of(teacher.device()));
    if (views.size() <= most) {
      return views.isEmpty() ? List.of() : List.of(views);
    }
    List<List<Pixels>> chunks = new ArrayList<>();
    for (int from = 0; from < views.size(); from += most) {
      chunks.add(views.subList(from, Math.min(views.size(), from + most)));
    }
    return chunks;
  }

  private Chunk chunk(TeacherModel teacher, List<Pixels> views) {
    int padding = buckets.padded(views.size(), limits.of(teacher.device())) - views.size();
    if (padding == 0) {
      return new Chunk(views, teacher.prepare(views));
    }
    List<Pixels> padded = new ArrayList<>(views);
    padded.addAll(Collections.nCopies(padding, teacher.knownGood()));
    return new Chunk(views, teacher.prepare(padded));
  }

  private float[][] answers(TeacherModel teacher, Chunk chunk) {
    long start = nanoTime.getAsLong();
    try {
      return teacher.answers(chunk.batch, chunk.views.size());
    } finally {
      metrics.inference(Duration.ofNanos(nanoTime.getAsLong() - start));
    }
  }

  /**
   * Checks after a failure that the teacher still infers its {@link TeacherModel#knownGood}, in a
   * batch of a size that it knows.
   *
   * @throws BrokenTeacherException if it does not, or not with finite numbers; an answer of finite
   *     numbers that no record takes says nothing against the teacher
   * @throws TeacherUnavailableException if a server fails on it
   */
  void requireWorking(TeacherModel teacher, Exception failure) {
    float[][] answers;
    try (Chunk known = chunk(teacher, List.of(teacher.knownGood()))) {
      answers = answers(teacher, known);
    } catch (InferenceException e) {
      e.addSuppressed(failure);
      String message = "the teacher fails on a view that it has inferred before: " + e.getMessage();
      throw e.isOfServer()
          ? new TeacherUnavailableException(message, e)
          : new BrokenTeacherException(message, e);
    }
    if (ViewResult.of(answers[0], teacher.output()) instanceof Rejected rejected
        && rejected.reason() == Reason.NON_FINITE) {
      throw new BrokenTeacherException(
          "the teacher fails on a view (%s), and of one that it has inferred before %s"
              .formatted(failure.getMessage(), rejected.message()),
          failure);
    }
  }
}
