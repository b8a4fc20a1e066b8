package io.stillstream.local.policy.tune;

import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.policy.OutputFormat;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.preview.PolicyPreview;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.image.PixelCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the views of a sample under a policy, encoded as in the service, and asks the teacher. The
 * same draws decide about the views of every policy, so that policies differ by their settings and
 * not by luck. A policy that was measured before is not measured again. For one thread.
 */
final class TeacherMeter implements AgreementMeter {
  /** Augmented views of each image. */
  static final int VIEWS = 2;

  private static final String TOPIC = "policy-tune";
  private static final int BATCH = 128;

  private final TeacherModel teacher;
  private final List<SampleImage> originals;
  private final long seed;
  private final Map<String, AnswerAgreement> measured = new HashMap<>();

  private TeacherMeter(TeacherModel teacher, List<SampleImage> originals, long seed) {
    this.teacher = teacher;
    this.originals = List.copyOf(originals);
    this.seed = seed;
  }

  /**
   * Asks the teacher about images as they are. Those that cannot be decoded are left out.
   *
   * @param output what views look like
   * @param seed of the draws
   * @throws StartupException if the teacher takes no such views
   */
  static TeacherMeter open(
      TeacherModel teacher, OutputFormat output, List<ImageSource> images, long seed) {
    List<SampleImage> originals = new ArrayList<>();
    try (ViewGenerator generator =
        new ViewGenerator(Policy.original(output), PixelCodec.MAX_PIXELS)) {
      List<SampleImage> waiting = new ArrayList<>();
      for (int n = 0; n < images.size(); n++) {
        try {
          byte[] view = generator.generate(images.get(n), TOPIC, 0, n).get(0).pixels();
          waiting.add(
              new SampleImage(
                  images.get(n), n, PolicyPreview.encodeAndDecode(output, view), new float[0]));
        } catch (RejectedImageException e) {
          continue; // counted by those that are left
        }
        if (waiting.size() == BATCH) {
          originals.addAll(answered(teacher, output, waiting));
          waiting.clear();
        }
      }
      originals.addAll(answered(teacher, output, waiting));
    }
    return new TeacherMeter(teacher, originals, seed);
  }

  private static List<SampleImage> answered(
      TeacherModel teacher, OutputFormat output, List<SampleImage> waiting) {
    List<float[]> answers =
        answers(teacher, output, waiting.stream().map(SampleImage::view).toList());
    List<SampleImage> answered = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      SampleImage image = waiting.get(i);
      answered.add(new SampleImage(image.image(), image.number(), image.view(), answers.get(i)));
    }
    return answered;
  }

  /** Images that could be decoded. */
  int images() {
    return originals.size();
  }

  /** Different policies that were measured. */
  int policies() {
    return measured.size();
  }

  @Override
  public AnswerAgreement measure(Policy policy) {
    Policy drawn = policy.withSeedAndViews(seed, 1 + VIEWS);
    AnswerAgreement known = measured.get(drawn.canonicalJson());
    if (known == null) {
      known = render(drawn);
      measured.put(drawn.canonicalJson(), known);
    }
    return known;
  }

  private AnswerAgreement render(Policy policy) {
    AgreementTotal total = new AgreementTotal();
    try (ViewGenerator generator = new ViewGenerator(policy, PixelCodec.MAX_PIXELS)) {
      for (int from = 0; from < originals.size(); from += BATCH / VIEWS) {
        List<SampleImage> part =
            originals.subList(from, Math.min(originals.size(), from + BATCH / VIEWS));
        compare(part, views(generator, policy.output(), part), policy.output(), total);
      }
    }
    return total.agreement();
  }

  /** The augmented views of images, in order. */
  private static List<byte[]> views(
      ViewGenerator generator, OutputFormat output, List<SampleImage> images) {
    List<byte[]> views = new ArrayList<>();
    for (SampleImage image : images) {
      for (RenderedView view : generator.generate(image.image(), TOPIC, 0, image.number())) {
        if (view.index() > 0) {
          views.add(PolicyPreview.encodeAndDecode(output, view.pixels()));
        }
      }
    }
    return views;
  }

  /** A view that is the original has its answer already. */
  private void compare(
      List<SampleImage> images, List<byte[]> views, OutputFormat output, AgreementTotal total) {
    List<byte[]> changed = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      if (!isOriginal(images, views, i)) {
        changed.add(views.get(i));
      }
    }
    List<float[]> answers = answers(teacher, output, changed);
    int next = 0;
    for (int i = 0; i < views.size(); i++) {
      float[] original = images.get(i / VIEWS).logits();
      total.add(original, isOriginal(images, views, i) ? original : answers.get(next++));
      if (i % VIEWS == VIEWS - 1) {
        total.endImage();
      }
    }
  }

  private static boolean isOriginal(List<SampleImage> images, List<byte[]> views, int i) {
    return Arrays.equals(images.get(i / VIEWS).view(), views.get(i));
  }

  private static List<float[]> answers(
      TeacherModel teacher, OutputFormat output, List<byte[]> views) {
    if (views.isEmpty()) {
      return List.of();
    }
    List<Pixels> pixels =
        views.stream()
            .map(
                view ->
                    new Pixels(
                        output.size().height(), output.size().width(), output.channels(), view))
            .toList();
    teacher
        .rejectionReason(pixels.get(0))
        .ifPresent(
            reason -> {
              throw new StartupException("--teacher takes no views of this policy: " + reason);
            });
    List<float[]> answers = new ArrayList<>();
    for (float[] logits : teacher.logits(pixels)) {
      for (float logit : logits) {
        if (!Float.isFinite(logit)) {
          throw new CommandFailedException("the teacher has answered with a logit of " + logit);
        }
      }
      answers.add(logits);
    }
    return answers;
  }
}
