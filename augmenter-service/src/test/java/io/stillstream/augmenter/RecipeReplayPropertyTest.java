package io.stillstream.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.image.MaskedImage;
import io.stillstream.augmenter.image.MixPartner;
import io.stillstream.augmenter.image.RenderedPixels;
import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.image.TestImages;
import io.stillstream.augmenter.image.TestMasks;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.mapping.RecipeMapper;
import io.stillstream.augmenter.mapping.ViewRecordMapper;
import io.stillstream.augmenter.operation.RandomPolicyGenerator;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.recipe.AugMixChains;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.recipe.ViewRecipe;
import io.stillstream.augmenter.store.RecentImage;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.image.MaskCodec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every policy promises, over policies, images and seeds at random; {@code
 * -Dproperty.policies} makes more of them than 320, {@code -Dproperty.seed} others.
 */
final class RecipeReplayPropertyTest {
  private static final int POLICIES = Integer.getInteger("property.policies", 320);
  private static final long SEED = Long.getLong("property.seed", 20261124);
  private static final String VIEWS = "views";
  private static final MixRecipe.PartnerCoordinates PARTNER =
      new MixRecipe.PartnerCoordinates("images", 0, 3, "partner");

  @TempDir private Path directory;
  private RecordValueSerializer<AugmentedView> records;
  private TestRecordCodec wire;
  private int masks;

  @Test
  void shouldReplayEveryViewOfEveryPolicyBitForBit() {
    List<String> operations = RandomPolicyGenerator.operations();
    try (DevelopmentRegistry registry =
        DevelopmentRegistry.start(directory.resolve("registry.json"), 0)) {
      Map<String, String> kafka = Map.of("schema.registry.url", registry.url().toString());
      records = new RecordValueSerializer<>(kafka, new SimpleMeterRegistry());
      wire = new TestRecordCodec(kafka);
      checkAll(operations);
    }
    assertThat(masks).isGreaterThan(POLICIES);
  }

  private void checkAll(List<String> operations) {
    for (int i = 0; i < POLICIES; i++) {
      // given
      long seed = SEED + i;
      Random random = new Random(seed);
      String operation = operations.get((int) Math.floorMod(seed, (long) operations.size()));
      JsonNode tree = new RandomPolicyGenerator(seed).policy(operation);
      try {
        // then
        check(tree, random);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "with -Dproperty.seed=" + seed + " the policy " + tree + " fails: " + e, e);
      }
    }
  }

  private void check(JsonNode tree, Random random) {
    Policy policy = Policy.parse(tree);
    Policy same = PolicyYaml.policy(policy.canonicalJson());
    assertThat(same.hash()).isEqualTo(policy.hash());
    List<MaskedImage> images = List.of(image(random), image(random));
    MixPartner partner = random.nextInt(4) == 0 ? null : new MixPartner(image(random), PARTNER);

    List<List<RenderedView>> made = new ArrayList<>();
    try (ViewGenerator generator = new ViewGenerator(policy, 1_000_000);
        ViewGenerator other = new ViewGenerator(same, 1_000_000)) {
      for (int i = 0; i < images.size(); i++) {
        made.add(generator.generate(images.get(i), "images", 0, i, partner));
      }
      for (int i = images.size() - 1; i >= 0; i--) {
        compare(made.get(i), other.generate(images.get(i), "images", 0, i, partner));
      }
      for (int i = 0; i < images.size(); i++) {
        for (RenderedView view : made.get(i)) {
          ViewRecipe recipe = overTheWire(policy, view, partner);
          assertThat(recipe).isEqualTo(view.recipe());
          RenderedPixels again =
              other.replay(images.get(i), recipe, partner == null ? null : partner.image());
          assertThat(again.pixels()).isEqualTo(view.pixels());
          assertThat(again.mask()).isEqualTo(view.mask());
          checkMask(view, images.get(i));
        }
      }
    }
  }

  /** Only mixup and AugMix take a mask away. */
  private void checkMask(RenderedView view, MaskedImage image) {
    if (view.mask() != null) {
      masks++;
      assertThat(image.mask()).isNotNull();
    } else if (image.mask() != null) {
      boolean mixup =
          view.recipe().mix() != null && view.recipe().mix().kind() == MixRecipe.Kind.MIXUP;
      boolean augMix =
          view.recipe().steps().stream().anyMatch(step -> step.name().equals(AugMixChains.NAME));
      assertThat(mixup || augMix).isTrue();
    }
  }

  /** Of any kind and size, seldom more than 200 pixels on a side; most have a mask. */
  private static MaskedImage image(Random random) {
    long maskSeed = random.nextLong();
    int height = random.nextInt(5) == 0 ? 1 + random.nextInt(3) : 1 + random.nextInt(150);
    int width = random.nextInt(5) == 0 ? 1 + random.nextInt(3) : 1 + random.nextInt(200);
    ImageSource source = source(random, height, width);
    return Math.floorMod(maskSeed, 4) == 0
        ? MaskedImage.of(source)
        : new MaskedImage(source, TestMasks.png(TestMasks.random(height, width, maskSeed)));
  }

  private static ImageSource source(Random random, int height, int width) {
    if (random.nextBoolean()) {
      String format = List.of("jpg", "png", "bmp").get(random.nextInt(3));
      return new ImageSource.FileSource(
          ByteBuffer.wrap(
              TestImages.file(TestImages.picture(height, width, random.nextLong()), format)));
    }
    int channels = List.of(1, 3, 4).get(random.nextInt(3));
    byte[] pixels = new byte[height * width * channels];
    random.nextBytes(pixels);
    return new ImageSource.RawPixels(ByteBuffer.wrap(pixels), height, width, channels);
  }

  private static RecentImage recent(MixPartner partner) {
    return new RecentImage(new RecordCoordinates("images", 0, 3), "partner", 4, partner.image());
  }

  private static void compare(List<RenderedView> views, List<RenderedView> others) {
    assertThat(others).hasSameSizeAs(views);
    for (int i = 0; i < views.size(); i++) {
      assertThat(others.get(i).recipe()).isEqualTo(views.get(i).recipe());
      assertThat(others.get(i).pixels()).isEqualTo(views.get(i).pixels());
      assertThat(others.get(i).mask()).isEqualTo(views.get(i).mask());
    }
  }

  /** The recipe out of the record's bytes. */
  private ViewRecipe overTheWire(Policy policy, RenderedView view, MixPartner partner) {
    var output = policy.output();
    assertThat(view.pixels()).hasSize((int) output.size().pixels() * output.channels());
    AugmentedView record =
        new ViewRecordMapper(policy)
            .toAvro(
                TestRecordCodec.event("image", new byte[1], 3),
                null,
                new RecordCoordinates("images", 0, 1),
                view,
                partner == null ? null : recent(partner),
                Instant.EPOCH);
    AugmentedView read = wire.view(VIEWS, records.serialize(VIEWS, record));
    assertThat(read.getLineage().getPolicyHash()).isEqualTo(policy.hash());
    assertThat(read.getMask() == null ? null : MaskCodec.decode(read.getMask()))
        .isEqualTo(view.mask());
    return RecipeMapper.fromAvro(read);
  }
}
