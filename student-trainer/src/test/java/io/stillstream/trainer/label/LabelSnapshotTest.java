package io.stillstream.trainer.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.trainer.training.example.ViewMask;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LabelSnapshotTest {
  @Test
  void shouldReadWhatItWrote() throws IOException {
    // given
    byte[] written = written(table());

    // when
    TruthTable read = new TruthTable(new LabelLimits(100, 1000));
    read.restore(read(written));

    // then
    assertThat(written(read)).isEqualTo(written);
    assertThat(read.get(1)).isEqualTo(new KnownImage(1, 2, 3, 4, true));
    assertThat(read.get(2)).isEqualTo(new KnownImage(2, -1, -1, -1, true));
    assertThat(read.mask(3).stretched()).containsExactly(1, 2);
    assertThat(read.mask(3).cropped()).containsExactly(3);
    assertThat(read.mask(2).cropped()).isSameAs(read.mask(2).stretched());
    assertThat(read.waiting()).isEqualTo(1);
    assertThat(read.maskBytes()).isEqualTo(8);
  }

  @Test
  void shouldNotReadWhatIsCutShort() throws IOException {
    // given
    byte[] written = written(table());

    for (int length = 0; length < written.length; length++) {
      // when
      byte[] part = Arrays.copyOf(written, length);

      // then
      assertThatThrownBy(() -> read(part)).isInstanceOf(IOException.class);
    }
    byte[] more = Arrays.copyOf(written, written.length + 1);
    assertThatThrownBy(() -> read(more))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("labels.bin is damaged");
  }

  @Test
  void shouldNotReadALaterLayout() throws IOException {
    // given
    byte[] written = written(table());
    written[0] = 2;

    // then
    assertThatThrownBy(() -> read(written))
        .isInstanceOf(IOException.class)
        .hasMessage("labels.bin has layout 2, this version reads layout 1");
  }

  @Test
  void shouldReadAnotherTableOrSayThatItIsDamaged() throws IOException {
    // given
    byte[] written = written(table());
    Random random = new Random(1);

    int damaged = 0;
    for (int i = 0; i < 5000; i++) {
      // when
      byte[] changed = written.clone();
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();

      // then: lengths that are too large take no memory
      try {
        new TruthTable(new LabelLimits(100, 1000)).restore(read(changed));
      } catch (IOException e) {
        damaged++;
      }
    }
    assertThat(damaged).isBetween(500, 5000);
  }

  private static TruthTable table() {
    TruthTable table = new TruthTable(new LabelLimits(100, 1000));
    assertThat(table.label(1, 3)).isZero();
    assertThat(table.see(1, 2)).isZero();
    table.answer(1, 4);
    assertThat(table.see(2, -1)).isZero();
    assertThat(table.mask(3, new ViewMask(new byte[] {1, 2}, new byte[] {3}))).isZero();
    byte[] one = {1, 2, 3, 4, 5};
    assertThat(table.mask(2, new ViewMask(one, one))).isZero();
    return table;
  }

  private static byte[] written(TruthTable table) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    table.snapshot().writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static LabelSnapshot read(byte[] bytes) throws IOException {
    return LabelSnapshot.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }
}
