package io.stillstream.local.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.image.MaskedImage;
import io.stillstream.augmenter.image.MixPartner;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.recipe.MixRecipe;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MixImageSelectorTest {
  private final ImageFile a = file("a.png");
  private final ImageFile b = file("dir/b.png");

  @Test
  void shouldMixEachImageWithTheNext() {
    // given
    MixImageSelector partners = new MixImageSelector(true, List.of(a, b), Optional.empty());

    // then
    assertThat(partners.of(0)).map(MixPartner::coordinates).contains(partner(1, "b.png"));
    assertThat(partners.of(1)).map(MixPartner::coordinates).contains(partner(0, "a.png"));
  }

  @Test
  void shouldMixAllWithThePartnerThatIsGiven() {
    // given
    MixImageSelector partners = new MixImageSelector(true, List.of(a), Optional.of(b));

    // then
    assertThat(partners.of(0)).contains(new MixPartner(b.image(), partner(1, "b.png")));
  }

  @Test
  void shouldMixNothingWithoutASecondImageOrWherePoliciesDoNot() {
    assertThat(new MixImageSelector(true, List.of(a), Optional.empty()).of(0)).isEmpty();
    assertThat(new MixImageSelector(false, List.of(a, b), Optional.of(b)).of(0)).isEmpty();
    assertThat(new MixImageSelector(false, List.of(a, b), Optional.of(b)).any()).isFalse();
  }

  private static MixRecipe.PartnerCoordinates partner(int offset, String name) {
    return new MixRecipe.PartnerCoordinates(PolicyPreview.TOPIC, 0, offset, name);
  }

  private static ImageFile file(String name) {
    return new ImageFile(
        Path.of(name), MaskedImage.of(new ImageSource.FileSource(ByteBuffer.allocate(0))));
  }
}
