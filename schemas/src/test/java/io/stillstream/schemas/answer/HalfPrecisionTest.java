package io.stillstream.schemas.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HalfPrecisionTest {
  @Test
  void shouldTellWhatIsRoundedToZero() {
    // given: the least half is 2⁻²⁴, and ties go to even
    float half = Math.scalb(1f, -25);

    // then
    for (float value : new float[] {0, -0f, Float.MIN_VALUE, half, -half}) {
      assertThat(HalfPrecision.isZero(value)).isTrue();
    }
    for (float value : new float[] {Math.nextUp(half), -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThat(HalfPrecision.isZero(value)).isFalse();
    }
  }

  /** Bits as {@code torch.tensor(x).half().view(torch.int16)} gives them. */
  @ParameterizedTest
  @CsvSource({
    "0, 0000",
    "-0.0, 8000",
    "1, 3c00",
    "-2, c000",
    "65504, 7bff",
    "65519.996, 7bff",
    "65520, 7c00",
    "-1e30, fc00",
    "Infinity, 7c00",
    "6.1035156e-5, 0400",
    "6.097555e-5, 03ff",
    "5.9604645e-8, 0001",
    "2.9802322e-8, 0000",
    "2.9802326e-8, 0001",
    "8.940697e-8, 0002",
    "0.1, 2e66",
    "3.1415927, 4248",
    "1.00048828125, 3c00",
    "1.00146484375, 3c02",
    "2047.5, 6800",
    "1e-45, 0000"
  })
  void shouldRoundToTheNearestAsPyTorchDoes(float value, String bits) {
    // when
    byte[] bytes = HalfPrecision.encode(new float[] {value});

    // then
    int actual = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort() & 0xffff;
    assertThat("%04x".formatted(actual)).isEqualTo(bits);
  }

  @Test
  void shouldReadBackEveryNumber() {
    // given
    ByteBuffer all = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < 1 << 16; bits++) {
      all.putShort((short) bits);
    }

    // when
    float[] values = HalfPrecision.decode(all.flip());
    byte[] again = HalfPrecision.encode(values);

    // then
    for (int bits = 0; bits < 1 << 16; bits++) {
      int encoded = (again[2 * bits] & 0xff) | (again[2 * bits + 1] & 0xff) << 8;
      if (Float.isNaN(values[bits])) {
        assertThat(encoded & 0x7fff).isGreaterThan(0x7c00);
      } else {
        assertThat(encoded).isEqualTo(bits);
      }
    }
  }
}
