package io.stillstream.local.policy.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.model.InferenceException;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.answer.OutputShape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class PolicyTuningTest {
  private static final int SIDE = 8;
  private static final JsonNode INVERT = policy("[invert]");
  private static final TeacherModel SURE = teacher(view -> new float[] {9, 0});

  /** Says whether a view is bright. */
  private static final TeacherModel BRIGHT =
      teacher(view -> sum(view) > 100 * SIDE * SIDE ? new float[] {30, 0} : new float[] {0, 30});

  @Test
  void shouldHalveTheImagesThatCanBeDecoded() {
    // when: the first of 101 is none
    TunedPolicy tuned = tuning(INVERT, SURE, 0.97).run(sample(1, 100));
    // then
    assertThat(tuned.sizes()).isEqualTo(new TunedPolicy.Sizes(50, 50, 1));
    assertThat(tuned.policy()).isEqualTo(INVERT);
    assertThat(tuned.after().views()).isEqualTo(100);
  }

  @Test
  void shouldRefuseTooFewImages() {
    // when, then
    assertThatThrownBy(() -> tuning(INVERT, SURE, 0.97).run(sample(1, 99)))
        .isInstanceOf(StartupException.class)
        .hasMessage("test has 99 usable images (1 unusable), tuning needs at least 100");
  }

  @Test
  void shouldNotDecodeLargerImagesThanAllowed() {
    // given
    PolicyTuning tuning = new PolicyTuning(INVERT, SURE, 0.97, 1, SIDE * SIDE - 1, unused -> {});
    // when, then
    assertThatThrownBy(() -> tuning.run(sample(0, 100)))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("test has 0 usable images (100 unusable)");
  }

  @Test
  void shouldRefuseWhatCannotBeTunedBeforeThereAreImages() {
    // given
    JsonNode larger = policy("[invert]", SIDE + 1);
    JsonNode fixed = policy("[{center_crop: {height: 4, width: 4}}]");
    // when, then
    assertThatThrownBy(() -> tuning(larger, SURE, 0.97))
        .isInstanceOf(StartupException.class)
        .hasMessage("--teacher takes no views of this policy: 9 x 9 x 1");
    assertThatThrownBy(() -> tuning(fixed, SURE, 0.97))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("no operation whose strength could be changed");
  }

  @Test
  void shouldMakeAnOperationRarerThatChangesAnswers() {
    // when: half of the views are inverted, which are dark then
    TunedPolicy tuned = tuning(INVERT, BRIGHT, 0.8).run(sample(0, 400));
    // then: no fifth of them
    assertThat(tuned.before().kept()).isBetween(0.4, 0.6);
    assertThat(tuned.policy().at("/operations/0/invert/p").asDouble()).isBetween(0.1, 0.3);
  }

  @Test
  void shouldCountThePoliciesThatItHasMeasured() {
    // given
    List<Long> counts = new ArrayList<>();
    PolicyTuning tuning = new PolicyTuning(INVERT, BRIGHT, 0.8, 1, SIDE * SIDE, counts::add);

    // when
    TunedPolicy unused = tuning.run(sample(0, 100));

    // then: one after the other, in search and figures; one that is known is not measured again
    assertThat(counts).startsWith(1L, 2L).isSorted().hasSizeGreaterThan(4);
    assertThat(counts.get(counts.size() - 1)).isEqualTo(Set.copyOf(counts).size());
  }

  @Test
  void shouldSayThatTheShareCannotBeReached() {
    // given: the middle of the bright images is black
    JsonNode cropped = policy("[{center_crop: {height: 4, width: 4}}, invert]");
    // when, then
    assertThatThrownBy(() -> tuning(cropped, BRIGHT, 0.97).run(sample(0, 100)))
        .isInstanceOf(CommandFailedException.class)
        .hasMessage(
            "without the policy's operations 0.0 % (0.0 to 0.0) of the teacher's answer is kept,"
                + " --keep asks for 97 %: lower it");
  }

  @Test
  void shouldSayThatTheTeacherHasFailed() {
    // given
    TeacherModel failing =
        teacher(
            view -> {
              throw new InferenceException("no memory");
            });
    TeacherModel notFinite = teacher(view -> new float[] {Float.NaN, 0});
    // when, then
    assertThatThrownBy(() -> tuning(INVERT, failing, 0.97).run(sample(0, 100)))
        .isInstanceOf(CommandFailedException.class)
        .hasMessage("the teacher has failed: no memory");
    assertThatThrownBy(() -> tuning(INVERT, notFinite, 0.97).run(sample(0, 100)))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("not finite");
  }

  @Test
  void shouldSayThatTheHeldOutImagesMissTheShare() {
    // given
    AnswerAgreement after = new AnswerAgreement(100, 0.95, 0.005, 0.96, 0.01);
    TunedPolicy tuned =
        new TunedPolicy(
            INVERT, List.of(), after, after, List.of(), new TunedPolicy.Sizes(50, 50, 0));
    // when, then: the interval ends at 95.98 %
    assertThat(tuned.lines(0.961))
        .last()
        .asString()
        .contains("less than 96.1 % is kept: try a larger --sample");
    assertThat(tuned.lines(0.959)).last().asString().startsWith("whole policy");
  }

  private static PolicyTuning tuning(JsonNode policy, TeacherModel teacher, double keep) {
    return new PolicyTuning(policy, teacher, keep, 1, SIDE * SIDE, unused -> {});
  }

  private static ImageSample sample(int unusable, int usable) {
    byte[] pixels = new byte[SIDE * SIDE];
    Arrays.fill(pixels, (byte) 255);
    for (int y = 2; y < 6; y++) {
      Arrays.fill(pixels, y * SIDE + 2, y * SIDE + 6, (byte) 0);
    }
    List<ImageSource> images = new ArrayList<>();
    for (int i = 0; i < unusable; i++) {
      images.add(new ImageSource.FileSource(ByteBuffer.wrap(new byte[] {1, 2, 3})));
    }
    for (int i = 0; i < usable; i++) {
      images.add(new ImageSource.RawPixels(ByteBuffer.wrap(pixels), SIDE, SIDE, 1));
    }
    return new ImageSample(images, "test", 0);
  }

  private static long sum(Pixels view) {
    long sum = 0;
    for (byte pixel : view.bytes()) {
      sum += Byte.toUnsignedInt(pixel);
    }
    return sum;
  }

  private static JsonNode policy(String operations) {
    return policy(operations, SIDE);
  }

  private static JsonNode policy(String operations, int side) {
    try {
      return new YAMLMapper()
          .readTree(
              "{output: {height: %d, width: %d, channels: 1}, operations: %s}"
                  .formatted(side, side, operations));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static TeacherModel teacher(Function<Pixels, float[]> answer) {
    return new TeacherModel() {
      private record Batch(List<Pixels> views) implements DeviceBatch {
        @Override
        public int size() {
          return views.size();
        }

        @Override
        public void close() {}
      }

      @Override
      public Identity identity() {
        return new Identity("test", "1", "00", "test");
      }

      @Override
      public OutputShape output() {
        return OutputShape.classification(2);
      }

      @Override
      public Optional<String> rejectionReason(Pixels view) {
        return view.height() == SIDE ? Optional.empty() : Optional.of(view.toString());
      }

      @Override
      public DeviceBatch prepare(List<Pixels> views) {
        return new Batch(views);
      }

      @Override
      public float[][] answers(DeviceBatch batch) {
        return ((Batch) batch).views().stream().map(answer).toArray(float[][]::new);
      }

      @Override
      public Pixels knownGood() {
        return new Pixels(SIDE, SIDE, 1, new byte[SIDE * SIDE]);
      }

      @Override
      public void close() {}
    };
  }
}
