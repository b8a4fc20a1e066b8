package io.stillstream.augmenter.operation.auto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.augmenter.geometry.ImageSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Against the spaces of torchvision, written down by src/test/fixtures/auto.py. */
final class AugmentationSpaceTest {
  private static final Path FIXTURE = Path.of("src/test/resources/fixtures/auto/magnitudes.csv");

  @Test
  void shouldChooseAmongTorchvisionsPrimitivesInItsOrderAndStrength() throws IOException {
    // given
    List<String> lines = Files.readAllLines(FIXTURE);
    assertThat(lines).hasSizeGreaterThan(500);

    for (String line : lines) {
      // when
      String[] cells = line.split(",", -1);
      int bins = Integer.parseInt(cells[1]);
      AugmentationSpace space = space(cells, bins);
      AugmentationSpace.Magnitudes choice = space.choices().get(Integer.parseInt(cells[4]));
      double[] expected =
          Arrays.stream(cells[7].split(" ", -1)).mapToDouble(Double::parseDouble).toArray();

      // then: equal but for single precision; bits and pixels, which are cut off, exactly
      assertThat(choice.primitive().name().replace("_", "").toLowerCase(Locale.ROOT))
          .isEqualTo(cells[5].toLowerCase(Locale.ROOT));
      assertThat(choice.primitive().signed()).as(line).isEqualTo(cells[6].equals("1"));
      assertThat(choice.primitive().hasMagnitude()).as(line).isEqualTo(expected.length > 1);
      for (int bin = 0; bin < expected.length; bin++) {
        double magnitude = choice.of(bin, bins);
        assertThat(magnitude)
            .as(line)
            .isCloseTo(expected[bin], within(1e-6 * Math.max(choice.first(), choice.last())));
        if (!choice.primitive().name().startsWith("S")) {
          assertThat((int) magnitude).as(line).isEqualTo((int) expected[bin]);
        }
      }
    }
  }

  @Test
  void shouldKnowAsManyChoicesAsTorchvision() {
    // given
    ImageSize image = new ImageSize(28, 28);

    // then
    assertThat(AugmentationSpace.randAugment(31, image).choices()).hasSize(14);
    assertThat(AugmentationSpace.trivialAugmentWide(31).choices()).hasSize(14);
    assertThat(AugmentationSpace.augMix(image, true).choices()).hasSize(13);
    assertThat(AugmentationSpace.augMix(image, false).choices()).hasSize(9);
  }

  private static AugmentationSpace space(String[] cells, int bins) {
    ImageSize image = new ImageSize(Integer.parseInt(cells[2]), Integer.parseInt(cells[3]));
    return switch (cells[0]) {
      case "rand_augment" -> AugmentationSpace.randAugment(bins, image);
      case "trivial_augment_wide" -> AugmentationSpace.trivialAugmentWide(bins);
      case "aug_mix" -> AugmentationSpace.augMix(image, true);
      case "aug_mix_few" -> AugmentationSpace.augMix(image, false);
      default -> throw new IllegalArgumentException(cells[0]);
    };
  }
}
