package io.stillstream.page.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageGroupsTest {
  @Test
  void shouldTakeImagesWithAllTheirViewsNewestFirst() {
    // given: the beginning of the first is cut off, the last is not complete yet
    List<SampledView> samples =
        List.of(
            sample("cut", 1, 2),
            sample("old", 1, 2),
            sample("old", 0, 2),
            sample("new", 0, 2),
            sample("new", 1, 2),
            sample("new", 1, 2),
            sample("late", 0, 2));

    // when
    List<List<SampledView>> complete = ImageGroups.complete(samples);

    // then
    assertThat(complete).hasSize(2);
    assertThat(complete.get(0)).extracting(SampledView::imageId).containsExactly("new", "new");
    assertThat(complete.get(1)).extracting(SampledView::imageId).containsExactly("old", "old");
    assertThat(complete).allSatisfy(f -> assertThat(f).extracting(SampledView::index).isSorted());
  }

  private static SampledView sample(String id, int index, int count) {
    return new SampledView(view(id, index, count), null, Double.NaN);
  }

  static AugmentedView view(String id, int index, int count) {
    return AugmentedView.newBuilder()
        .setLineage(
            new Lineage("images", 0, (long) id.hashCode(), id, index, count, 1L, "p", null, null))
        .setRecipe(Recipe.newBuilder().setOperations(List.of()).build())
        .setEncoding(PixelEncoding.RAW)
        .setHeight(2)
        .setWidth(3)
        .setChannels(1)
        .setPixels(ByteBuffer.wrap(new byte[6]))
        .setCapturedAt(Instant.ofEpochMilli(1))
        .setAugmentedAt(Instant.ofEpochMilli(2))
        .build();
  }
}
