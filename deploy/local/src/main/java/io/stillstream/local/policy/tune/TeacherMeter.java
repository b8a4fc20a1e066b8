package io.stillstream.local.policy.tune;

import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.policy.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the views of images under a policy and asks the teacher. The same seeds decide about the
 * views of every policy, so that policies differ by their settings and not by luck. A policy that
 * was measured before is not measured again. For one thread.
 */
final class TeacherMeter implements AgreementMeter {
  /** Augmented views of each image. */
  static final int VIEWS = 2;

  private static final String TOPIC = "policy-tune";
  private static final int BATCH = 128;

  private final TeacherAnswers teacher;
  private final List<SampleImage> images;
  private final long seed;
  private final long maxPixels;
  private final Map<String, AnswerAgreement> measured = new HashMap<>();

  /**
   * @param images of which views are made
   * @param seed of the views
   * @param maxPixels largest height × width that is decoded
   */
  TeacherMeter(TeacherAnswers teacher, List<SampleImage> images, long seed, long maxPixels) {
    this.teacher = teacher;
    this.images = List.copyOf(images);
    this.seed = seed;
    this.maxPixels = maxPixels;
  }

  /**
   * Asks the teacher about unchanged images. Those that cannot be decoded are left out.
   *
   * @param maxPixels largest height × width that is decoded
   */
  static List<SampleImage> unchanged(
      TeacherAnswers teacher, List<ImageSource> images, long maxPixels) {
    List<SampleImage> answered = new ArrayList<>();
    try (ViewGenerator generator =
        new ViewGenerator(Policy.original(teacher.output()), maxPixels)) {
      for (int from = 0; from < images.size(); from += BATCH) {
        List<Integer> numbers = new ArrayList<>();
        List<byte[]> views = new ArrayList<>();
        for (int n = from; n < Math.min(images.size(), from + BATCH); n++) {
          try {
            views.add(generator.generate(images.get(n), TOPIC, 0, n).get(0).pixels());
            numbers.add(n);
          } catch (RejectedImageException e) {
            // Left out; the caller counts those that are left.
          }
        }
        List<float[]> logits = teacher.of(views);
        for (int i = 0; i < numbers.size(); i++) {
          int number = numbers.get(i);
          answered.add(new SampleImage(images.get(number), number, logits.get(i)));
        }
      }
    }
    return answered;
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
    try (ViewGenerator generator = new ViewGenerator(policy, maxPixels)) {
      for (int from = 0; from < images.size(); from += BATCH / VIEWS) {
        compare(
            generator, images.subList(from, Math.min(images.size(), from + BATCH / VIEWS)), total);
      }
    }
    return total.agreement();
  }

  /** A view with the pixels of view 0 has its answer already. */
  private void compare(ViewGenerator generator, List<SampleImage> part, AgreementTotal total) {
    List<byte[]> changed = new ArrayList<>();
    List<Boolean> isChanged = new ArrayList<>();
    for (SampleImage image : part) {
      List<RenderedView> views = generator.generate(image.image(), TOPIC, 0, image.number());
      byte[] original = views.get(0).pixels();
      for (RenderedView view : views.subList(1, views.size())) {
        isChanged.add(!Arrays.equals(original, view.pixels()));
        if (isChanged.get(isChanged.size() - 1)) {
          changed.add(view.pixels());
        }
      }
    }
    List<float[]> answers = teacher.of(changed);
    int next = 0;
    for (int i = 0; i < isChanged.size(); i++) {
      float[] original = part.get(i / VIEWS).logits();
      total.add(original, isChanged.get(i) ? answers.get(next++) : original);
      if (i % VIEWS == VIEWS - 1) {
        total.endImage();
      }
    }
  }
}
