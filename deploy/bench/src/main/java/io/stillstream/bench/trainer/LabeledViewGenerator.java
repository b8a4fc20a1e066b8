package io.stillstream.bench.trainer;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.image.MaskedImage;
import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.service.UninterruptibleJoin;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Makes the images of a sequence into labelled views, as augmenter and labeler do, on a thread of
 * its own and a few batches ahead. Image n of the sequence counts as the record at offset n of
 * partition 0 of {@code images}, so the views are those that the services would make of such a
 * topic.
 */
final class LabeledViewGenerator implements AutoCloseable {
  private static final String TOPIC = "images";
  private static final int AHEAD = 8;

  private final LabeledImages images;
  private final FixedShapeResizer fit;
  private final TaskSequence sequence;
  private final Policy policy;
  private final TeacherModel teacher;
  private final int batchSize;
  private final BlockingQueue<Batch> queue = new ArrayBlockingQueue<>(AHEAD);
  private final Thread thread = new Thread(this::run, "view-generator");
  private volatile boolean stopped;

  /**
   * A batch, or the end.
   *
   * @param views empty at the end
   * @param images of the sequence whose views are all in the queue up to this one
   * @param failure what ended it early
   */
  record Batch(List<LabeledView> views, int images, Optional<RuntimeException> failure) {
    Batch {
      views = List.copyOf(views);
    }
  }

  /**
   * @param batchSize views in a batch; the last one may have fewer
   */
  LabeledViewGenerator(
      TrainingScenario scenario, TaskSequence sequence, TeacherModel teacher, int batchSize) {
    this.images = scenario.train();
    this.fit = scenario.fit();
    this.policy = scenario.seededPolicy();
    this.sequence = sequence;
    this.teacher = teacher;
    this.batchSize = batchSize;
  }

  LabeledViewGenerator start() {
    thread.start();
    return this;
  }

  /**
   * The next batch, in order; one without views at the end.
   *
   * @throws RuntimeException why the making of views failed
   */
  Batch next() {
    try {
      Batch batch = queue.take();
      if (batch.failure().isPresent()) {
        throw batch.failure().get();
      }
      return batch;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }

  private void run() {
    try {
      put(new Batch(List.of(), make(), Optional.empty()));
    } catch (InterruptedException e) {
      // Stopped: no batch is taken any more.
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      queue.clear();
      queue.add(new Batch(List.of(), 0, Optional.of(e)));
    }
  }

  private int make() throws InterruptedException {
    List<LabeledView> waiting = new ArrayList<>();
    try (ViewGenerator viewGenerator = new ViewGenerator(policy, PixelCodec.MAX_PIXELS)) {
      for (int n = 0; n < sequence.images(); n++) {
        waiting.addAll(views(viewGenerator, n));
        while (waiting.size() >= batchSize) {
          List<LabeledView> batch = waiting.subList(0, batchSize);
          put(
              new Batch(
                  labelled(batch), waiting.size() == batchSize ? n + 1 : n, Optional.empty()));
          batch.clear();
        }
      }
    }
    if (!waiting.isEmpty()) {
      put(new Batch(labelled(waiting), sequence.images(), Optional.empty()));
    }
    return sequence.images();
  }

  private void put(Batch batch) throws InterruptedException {
    if (stopped) {
      throw new InterruptedException("stopped");
    }
    queue.put(batch);
  }

  private List<LabeledView> views(ViewGenerator viewGenerator, int n) {
    int index = sequence.image(n);
    int channels = policy.output().channels();
    ImageSize size = policy.output().size();
    ImageSource source =
        new ImageSource.RawPixels(
            ByteBuffer.wrap(images.pixels(index, fit)), size.height(), size.width(), channels);
    MaskedImage image =
        new MaskedImage(source, images.mask(index).map(MaskCodec::encode).orElse(null));
    List<LabeledView> views = new ArrayList<>();
    for (RenderedView view : viewGenerator.generate(image, TOPIC, 0, n, null)) {
      views.add(LabeledViewFactory.view(policy, TOPIC, n, view, images.label(index)));
    }
    return views;
  }

  private List<LabeledView> labelled(List<LabeledView> views) {
    return labelled(views, teacher);
  }

  /** The views with a teacher's answers, as the labeler writes them. */
  static List<LabeledView> labelled(List<LabeledView> views, TeacherModel teacher) {
    float[][] rows = teacher.answers(views.stream().map(LabeledViewGenerator::pixels).toList());
    List<LabeledView> labelled = new ArrayList<>(rows.length);
    for (int i = 0; i < rows.length; i++) {
      labelled.add(
          LabeledAnswers.labeled(
              views.get(i).getView(),
              List.of(),
              rows[i],
              teacher.output(),
              OptionalInt.empty(),
              Instant.EPOCH));
    }
    return labelled;
  }

  private static Pixels pixels(LabeledView view) {
    return new Pixels(
        view.getView().getHeight(),
        view.getView().getWidth(),
        view.getView().getChannels(),
        view.getView().getPixels().array());
  }

  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
    UninterruptibleJoin.join(thread);
  }
}
