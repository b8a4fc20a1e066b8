package io.stillstream.local.sheet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stillstream.augmenter.geometry.ImageSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SheetLayoutTest {
  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "5,5", "13,7", "17,6", "25,5", "31,8", "101,13"})
  void shouldFillRowsWell(int cells, int columns) {
    assertThat(SheetLayout.columnsFor(cells)).isEqualTo(columns);
  }

  @ParameterizedTest
  @CsvSource({"28,28,6,168", "32,32,6,192", "224,224,1,224", "100,20,2,168", "168,168,1,168"})
  void shouldEnlargeSmallViewsByWholeFactorsAndLeaveRoomForWords(
      int height, int width, int zoom, int cellWidth) {
    // given
    SheetLayout grid = new SheetLayout(new ImageSize(height, width), 4);

    // then
    assertThat(grid.zoom()).isEqualTo(zoom);
    assertThat(grid.cellWidth()).isEqualTo(cellWidth);
    assertThat(grid.imageHeight()).isEqualTo(height * zoom);
  }

  @Test
  void shouldPutColumnsSideBySideWithoutOverlap() {
    // given
    SheetLayout grid = new SheetLayout(new ImageSize(28, 28), 3);

    // then
    assertThat(grid.left(0)).isEqualTo(SheetLayout.GAP);
    assertThat(grid.left(1)).isEqualTo(grid.left(0) + grid.cellWidth() + SheetLayout.GAP);
    assertThat(grid.width()).isEqualTo(grid.left(2) + grid.cellWidth() + SheetLayout.GAP);
    assertThat(grid.rows(7)).isEqualTo(3);
    assertThatIllegalArgumentException().isThrownBy(() -> new SheetLayout(new ImageSize(1, 1), 0));
  }
}
