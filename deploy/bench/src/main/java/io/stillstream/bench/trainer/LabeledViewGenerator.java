package io.stillstream.bench.trainer;

import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.service.UninterruptibleJoin;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Makes the images of a course into labelled views, as augmenter and labeler do, on a thread of its
 * own and a few batches ahead. Image n of the course counts as the record at offset n of partition
 * 0 of {@code images}, so the views are those that the services would make of such a topic.
 */
final class LabeledViewGenerator implements AutoCloseable {
  private static final String TOPIC = "images";
  private static final int AHEAD = 8;

  private final IdxLabeledImages images;
  private final TaskSequence course;
  private final Policy policy;
  private final TeacherModel teacher;
  private final int batch;
  private final BlockingQueue<Batch> lots = new ArrayBlockingQueue<>(AHEAD);
  private final Thread thread = new Thread(this::run, "conveyor");
  private volatile boolean stopped;

  /**
   * A batch, or the end.
   *
   * @param views empty at the end
   * @param images of the course whose views are all in the lots up to this one
   * @param failure what ended it early
   */
  record Batch(List<LabeledView> views, int images, Optional<RuntimeException> failure) {
    Batch {
      views = List.copyOf(views);
    }
  }

  /**
   * @param batch views in a lot; the last one may have fewer
   */
  LabeledViewGenerator(
      IdxLabeledImages images,
      TaskSequence course,
      Policy policy,
      TeacherModel teacher,
      int batch) {
    this.images = images;
    this.course = course;
    this.policy = policy;
    this.teacher = teacher;
    this.batch = batch;
  }

  LabeledViewGenerator start() {
    thread.start();
    return this;
  }

  /**
   * The next batch, in order; one without views at the end.
   *
   * @throws RuntimeException what the making of views died of
   */
  Batch next() {
    try {
      Batch lot = lots.take();
      if (lot.failure().isPresent()) {
        throw lot.failure().get();
      }
      return lot;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }

  private void run() {
    try {
      put(new Batch(List.of(), make(), Optional.empty()));
    } catch (InterruptedException e) {
      // Told to stop: nobody waits for a lot any more.
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      lots.clear();
      lots.add(new Batch(List.of(), 0, Optional.of(e)));
    }
  }

  private int make() throws InterruptedException {
    List<LabeledView> waiting = new ArrayList<>();
    try (ViewGenerator maker = new ViewGenerator(policy, PixelCodec.MAX_PIXELS)) {
      for (int n = 0; n < course.images(); n++) {
        waiting.addAll(views(maker, n));
        while (waiting.size() >= batch) {
          List<LabeledView> lot = waiting.subList(0, batch);
          put(new Batch(labelled(lot), waiting.size() == batch ? n + 1 : n, Optional.empty()));
          lot.clear();
        }
      }
    }
    if (!waiting.isEmpty()) {
      put(new Batch(labelled(waiting), course.images(), Optional.empty()));
    }
    return course.images();
  }

  private void put(Batch lot) throws InterruptedException {
    if (stopped) {
      throw new InterruptedException("stopped");
    }
    lots.put(lot);
  }

  private List<LabeledView> views(ViewGenerator maker, int n) {
    int index = course.image(n);
    ImageSource source =
        new ImageSource.RawPixels(
            ByteBuffer.wrap(images.pixels(index)), images.height(), images.width(), 1);
    List<LabeledView> views = new ArrayList<>();
    for (RenderedView view : maker.generate(source, TOPIC, 0, n)) {
      views.add(LabeledViewFactory.view(policy, TOPIC, n, view, images.label(index)));
    }
    return views;
  }

  private List<LabeledView> labelled(List<LabeledView> views) {
    float[][] logits = teacher.logits(views.stream().map(LabeledViewGenerator::pixels).toList());
    for (int i = 0; i < logits.length; i++) {
      views.get(i).setLogits(FloatArrays.of(logits[i]));
    }
    return views;
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
