package io.stillstream.trainer.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.training.example.ViewMask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TruthTableTest {
  private static final int IMAGES = 20;
  private static final int MASK_BYTES = 300;

  /** An image as a list that is searched has it. */
  private static final class Row {
    private final long image;
    private long number;
    private boolean seen;
    private boolean labelled;
    private boolean compared;

    Row(long image) {
      this.image = image;
    }
  }

  @Test
  void shouldKeepTheLatestWithinItsLimits() {
    // given
    Random random = new Random(4);
    TruthTable table = new TruthTable(new LabelLimits(IMAGES, MASK_BYTES));
    List<Row> rows = new ArrayList<>();
    Map<Long, Integer> masks = new LinkedHashMap<>();
    long next = 0;
    int vain = 0;
    int expectedVain = 0;

    for (int i = 0; i < 20_000; i++) {
      // when
      long image = 1L + random.nextInt(60);
      Row row = rows.stream().filter(each -> each.image == image).findFirst().orElse(null);
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          if (row == null || !row.seen) {
            rows.remove(row);
            row = row == null ? new Row(image) : row;
            row.number = next++;
            row.seen = true;
            rows.add(row);
            vain += table.see(image, -1);
          }
        }
        case 2 -> {
          if (row == null) {
            row = new Row(image);
            row.number = next++;
            rows.add(row);
          }
          row.labelled = true;
          vain += table.label(image, 3);
        }
        case 3 -> {
          if (row == null) {
            row = new Row(image);
            row.number = next++;
            rows.add(row);
          }
          byte[] file = new byte[random.nextInt(100)];
          masks.remove(image);
          masks.put(image, file.length);
          vain += table.mask(image, new ViewMask(file, file));
        }
        default -> {
          if (row != null && random.nextInt(10) == 0) {
            rows.remove(row);
            masks.remove(image);
            table.erase(each -> each == image);
          } else if (row != null) {
            row.compared = true;
            table.answer(image, random.nextBoolean() ? 3 : 4);
          }
        }
      }
      while (masks.values().stream().mapToInt(Integer::intValue).sum() > MASK_BYTES
          && masks.size() > 1) {
        long oldest = masks.keySet().iterator().next();
        masks.remove(oldest);
        Row lost = rows.stream().filter(each -> each.image == oldest).findFirst().orElseThrow();
        expectedVain += !lost.seen && !lost.labelled ? 1 : 0;
      }
      while (!rows.isEmpty() && rows.get(0).number < next - IMAGES) {
        Row lost = rows.remove(0);
        boolean isLost = !lost.seen && (lost.labelled || masks.containsKey(lost.image));
        expectedVain += isLost ? 1 : 0;
        masks.remove(lost.image);
      }

      // then
      assertThat(table.size()).isEqualTo(rows.size()).isLessThanOrEqualTo(IMAGES);
      assertThat(table.snapshot().images().keySet())
          .containsExactlyElementsOf(rows.stream().map(each -> each.image).toList());
      assertThat(table.snapshot().masks().keySet()).containsExactlyElementsOf(masks.keySet());
      assertThat(table.maskBytes())
          .isEqualTo(masks.values().stream().mapToInt(Integer::intValue).sum());
      assertThat(table.waiting())
          .isEqualTo(
              (int)
                  rows.stream()
                      .filter(
                          each -> !each.seen && (each.labelled || masks.containsKey(each.image)))
                      .count());
      assertThat(table.compared())
          .isEqualTo((int) rows.stream().filter(each -> each.labelled && each.compared).count());
      assertThat(table.teacherRight())
          .isEqualTo(
              (int)
                  rows.stream()
                      .filter(each -> each.labelled && table.get(each.image).teacher() == 3)
                      .count());
      assertThat(vain).isEqualTo(expectedVain);
    }
    assertThat(vain).isGreaterThan(100);
  }

  @Test
  void shouldKeepTheLatestMaskEvenIfItIsTooLarge() {
    // given
    TruthTable table = new TruthTable(new LabelLimits(10, 4));
    byte[] large = new byte[5];

    // when
    int vain =
        table.mask(1, new ViewMask(new byte[1], new byte[1]))
            + table.mask(2, new ViewMask(large, large));

    // then
    assertThat(vain).isEqualTo(1);
    assertThat(table.mask(1)).isNull();
    assertThat(table.mask(2).stretched()).isSameAs(large);
  }

  @Test
  void shouldTakeTheLatestPartOfALargerTable() {
    // given
    TruthTable large = new TruthTable(new LabelLimits(10, 100));
    byte[] file = new byte[3];
    for (int image = 1; image <= 6; image++) {
      int unused = large.mask(image, new ViewMask(file, file));
    }

    // when
    TruthTable small = new TruthTable(new LabelLimits(4, 6));
    small.restore(large.snapshot());

    // then
    assertThat(small.snapshot().images().keySet()).containsExactly(3L, 4L, 5L, 6L);
    assertThat(small.snapshot().masks().keySet()).containsExactly(5L, 6L);
    assertThat(small.waiting()).isEqualTo(2);
  }

  @Test
  void shouldNotChangeWhatItHasGivenOut() {
    // given
    TruthTable table = new TruthTable(new LabelLimits(10, 100));
    int unused = table.see(1, 2);
    LabelSnapshot snapshot = table.snapshot();

    // when
    unused = table.label(1, 4);
    unused = table.see(5, 0);

    // then
    assertThat(snapshot.images()).containsOnly(Map.entry(1L, new KnownImage(0, 2, -1, -1, true)));
    assertThat(snapshot.next()).isEqualTo(1);
  }
}
