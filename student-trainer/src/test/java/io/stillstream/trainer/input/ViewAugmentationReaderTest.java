package io.stillstream.trainer.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Operation;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.batch.ViewAugmentation;
import io.stillstream.trainer.training.example.BatchBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ViewAugmentationReaderTest {
  private static final ModelSpec STUDENT =
      ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");

  private final LabeledViewValidator validator =
      new LabeledViewValidator(STUDENT, new BatchBuilder(STUDENT, 0.9));
  private final ViewAugmentationReader reader = new ViewAugmentationReader();

  @Test
  void shouldCompareTheTeachersAnswerWithThatOnTheOriginal() {
    // given
    LabeledView original = view(0, 2, 0, 0, 0, 0);
    LabeledView rotated = view(1, 0, 2, 0, 0, 0);
    rotated
        .getView()
        .setRecipe(new Recipe(1, List.of(new Operation("rotate", Map.of("degrees", -6.0))), null));

    // when
    ViewAugmentation first = read(original);
    ViewAugmentation second = read(rotated);

    // then
    assertThat(first.keys()).containsExactly(OperationStrength.ORIGINAL);
    assertThat(first.teacher()).isEmpty();
    assertThat(second.keys())
        .extracting(OperationStrength::operation, OperationStrength::strength)
        .containsExactly(tuple("augmented", "any"), tuple("rotate", "4-8"));
    assertThat(second.teacher().orElseThrow().sameClass()).isFalse();
    // e² / (e² + 4) = 0.6488, e⁰ / (e² + 4) = 0.0878: KL = (0.6488 - 0.0878) · 2
    assertThat(second.teacher().orElseThrow().divergence()).isCloseTo(1.122, within(0.001));
  }

  @Test
  void shouldKnowWhetherTheTeacherIsRightWhereThereIsOneClass() {
    // given
    LabeledView right = view(0, 0, 0, 2, 0, 0);
    right.getView().setLabel(new Label(2, null, 1.0));
    LabeledView wrong = view(2, 0, 0, 2, 0, 0);
    wrong.getView().setLabel(new Label(1, null, 1.0));
    LabeledView mixed = view(4, 0, 0, 2, 0, 0);
    mixed.getView().setLabel(new Label(2, 1, 0.9));
    LabeledView unlabelled = view(6, 0, 0, 2, 0, 0);
    unlabelled.getView().setLabel(null);

    // then
    assertThat(read(right).correct()).contains(true);
    assertThat(read(wrong).correct()).contains(false);
    assertThat(read(mixed).correct()).isEmpty();
    assertThat(read(unlabelled).correct()).isEmpty();
  }

  @Test
  void shouldKnowTheOperationsOfAViewThatNoTeacherAnswered() {
    // given
    LabeledView view = view(1, 0, 0, 2, 0, 0);
    view.setLogits(null);
    view.setTeachers(List.of());

    // when
    ViewAugmentation augmentation = read(view);

    // then
    assertThat(augmentation.keys()).containsExactly(OperationStrength.AUGMENTED);
    assertThat(augmentation.teacher()).isEmpty();
    assertThat(augmentation.correct()).isEmpty();
  }

  private ViewAugmentation read(LabeledView view) {
    return reader.read(view, validator.validate(view));
  }

  /** Two views of an image: even numbers are originals. */
  private static LabeledView view(long number, float... logits) {
    LabeledView view = LabeledViewFixtures.view(number);
    view.setLogits(FloatArrays.of(logits));
    return view;
  }
}
