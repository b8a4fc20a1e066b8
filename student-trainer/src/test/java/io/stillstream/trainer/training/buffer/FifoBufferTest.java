package io.stillstream.trainer.training.buffer;

import static io.stillstream.trainer.training.buffer.NumberedExamples.contents;
import static io.stillstream.trainer.training.buffer.NumberedExamples.view;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FifoBufferTest {
  @Test
  void shouldHoldTheLatest() {
    // given
    FifoBuffer buffer = new FifoBuffer(BufferLimits.views(50), 1);

    // when
    for (int i = 0; i < 333; i++) {
      buffer.offer(view(i));
    }

    // then
    assertThat(contents(buffer))
        .containsExactlyElementsOf(IntStream.range(283, 333).boxed().toList());
  }

  @Test
  void shouldLetAsManyGoAsANewOneNeeds() {
    // given
    FifoBuffer buffer = new FifoBuffer(new BufferLimits(50, 10 * NumberedExamples.BYTES), 1);
    for (int i = 0; i < 20; i++) {
      buffer.offer(view(i));
    }

    // when
    buffer.offer(view(20, 4 + 2 * (int) NumberedExamples.BYTES, 1, 0));

    // then
    assertThat(contents(buffer)).containsExactly(13, 14, 15, 16, 17, 18, 19, 20);
  }
}
