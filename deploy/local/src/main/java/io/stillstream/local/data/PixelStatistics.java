package io.stillstream.local.data;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Mean and standard deviation of each channel over all pixels that were added, as fractions of 255.
 * How often each level occurs is counted, so nothing is rounded before the end, and images are
 * forgotten as they have been added.
 */
public final class PixelStatistics {
  private static final int LEVELS = 256;
  private static final int DIGITS = 6;
  private static final BigInteger WHITE = BigInteger.valueOf(255);

  private final long[][] counts;
  private long pixels;

  public PixelStatistics(int channels) {
    counts = new long[channels][LEVELS];
  }

  /** Adds an image: unsigned bytes [H, W, C]. */
  public void add(byte[] hwc) {
    int channels = counts.length;
    for (int i = 0; i < hwc.length; i++) {
      counts[i % channels][hwc[i] & 0xFF]++;
    }
    pixels += hwc.length / channels;
  }

  /** Mean of x/255, rounded to six digits behind the point. */
  public BigDecimal mean(int channel) {
    return fraction(new BigDecimal(sum(channel, 1)), BigInteger.valueOf(pixels));
  }

  /** Standard deviation of x/255, of the pixels as the whole population, rounded likewise. */
  public BigDecimal std(int channel) {
    BigInteger number = BigInteger.valueOf(pixels);
    BigInteger spread =
        number.multiply(sum(channel, 2)).subtract(sum(channel, 1).pow(2)); // n² times the variance
    return fraction(new BigDecimal(spread).sqrt(MathContext.DECIMAL128), number);
  }

  private BigInteger sum(int channel, int power) {
    BigInteger sum = BigInteger.ZERO;
    for (int level = 0; level < LEVELS; level++) {
      BigInteger count = BigInteger.valueOf(counts[channel][level]);
      sum = sum.add(count.multiply(BigInteger.valueOf(level).pow(power)));
    }
    return sum;
  }

  private static BigDecimal fraction(BigDecimal sum, BigInteger pixels) {
    return sum.divide(new BigDecimal(pixels.multiply(WHITE)), DIGITS, RoundingMode.HALF_EVEN);
  }
}
