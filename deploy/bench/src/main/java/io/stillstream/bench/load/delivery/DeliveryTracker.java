package io.stillstream.bench.load.delivery;

import io.stillstream.bench.load.image.InvalidImageKind;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What came of each image that was sent: how often each of its views was seen at a stage, how old
 * it was, whether it was rejected. Safe for one sending and one reading thread.
 */
public final class DeliveryTracker {
  /** Three digits are kept of each age. */
  private static final int DIGITS = 3;

  private final int views;
  private final Map<DeliveryStage, byte[]> seen = new EnumMap<>(DeliveryStage.class);
  private final Map<DeliveryStage, Histogram> ages = new EnumMap<>(DeliveryStage.class);
  private final Map<DeliveryStage, Long> complete = new EnumMap<>(DeliveryStage.class);
  private final Map<String, Long> wanted = new TreeMap<>();
  private final Map<String, Long> found = new TreeMap<>();
  private long[] due = new long[1 << 12];
  private InvalidImageKind[] bad = new InvalidImageKind[1 << 12];
  private byte[] letters = new byte[1 << 12];
  private long sent;
  private long unknown;

  /**
   * @param views of each image
   */
  public DeliveryTracker(int views) {
    this.views = views;
    for (DeliveryStage stage : new DeliveryStage[] {DeliveryStage.VIEWED, DeliveryStage.LABELED}) {
      seen.put(stage, new byte[due.length]);
      ages.put(stage, new Histogram(DIGITS));
      complete.put(stage, 0L);
    }
  }

  /** The next image is sent; they are numbered from 0. */
  synchronized void sent(long dueMillis, InvalidImageKind kind) {
    int number = Math.toIntExact(sent++);
    if (number == due.length) {
      grow(2 * number);
    }
    due[number] = dueMillis;
    bad[number] = kind;
    if (kind != null) {
      wanted.merge(kind.reason(), 1L, Long::sum);
    }
  }

  /** A view of an image could be read. */
  synchronized void arrived(DeliveryStage stage, long number, long nowMillis) {
    if (number >= sent) {
      unknown++;
      return;
    }
    byte[] counts = seen.get(stage);
    int n = (int) number;
    counts[n] = (byte) Math.min(Byte.MAX_VALUE, counts[n] + 1);
    if (counts[n] == views) {
      complete.merge(stage, 1L, Long::sum);
      ages.get(stage).recordValue(Math.max(0, nowMillis - due[n]));
    }
  }

  /** A dead letter of an image, or of one of its views, could be read. */
  synchronized void rejected(long number, String reason) {
    if (number >= sent) {
      unknown++;
      return;
    }
    letters[(int) number]++;
    found.merge(reason, 1L, Long::sum);
  }

  public synchronized long sent() {
    return sent;
  }

  /** Images all of whose views came so far. */
  public synchronized long complete(DeliveryStage stage) {
    return complete.get(stage);
  }

  /** Images that were sent bad. */
  synchronized long bad() {
    return wanted.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Dead letters so far. */
  public synchronized long rejected() {
    return found.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Ages since the call before. */
  public synchronized Map<DeliveryStage, Histogram> takeAges() {
    Map<DeliveryStage, Histogram> taken = new EnumMap<>(ages);
    ages.replaceAll((stage, histogram) -> new Histogram(DIGITS));
    return taken;
  }

  /** Whether everything is as it has to be, once nothing is under way. */
  public synchronized RecordAccounting balance() {
    long missing = 0;
    long doubled = 0;
    long misjudged = 0;
    for (int n = 0; n < sent; n++) {
      int expected = bad[n] == null ? views : 0;
      for (byte[] counts : seen.values()) {
        missing += Math.max(0, expected - counts[n]);
        doubled += Math.max(0, counts[n] - expected);
      }
      misjudged += letters[n] == (bad[n] == null ? 0 : 1) ? 0 : 1;
    }
    return new RecordAccounting(
        sent, bad(), missing, doubled, misjudged, unknown, Map.copyOf(wanted), Map.copyOf(found));
  }

  private void grow(int size) {
    due = Arrays.copyOf(due, size);
    bad = Arrays.copyOf(bad, size);
    letters = Arrays.copyOf(letters, size);
    seen.replaceAll((stage, counts) -> Arrays.copyOf(counts, size));
  }
}
