package io.stillstream.augmenter.image.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/** Damages good files in the ways in which disks, networks and attackers do. */
final class FileMutator {
  /** Bytes in which headers and most segments lie. */
  private static final int HEAD = 200;

  /** Files of unknown formats are turned away at once, so the first bytes mostly stay. */
  private static final int MAGIC = 4;

  private static final int[] EDGES = {
    0, 1, 2, 3, 7, 8, 255, 256, 257, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, -1
  };

  private final List<byte[]> seeds;
  private final SplittableRandom random;

  FileMutator(List<byte[]> seeds, long seed) {
    this.seeds = seeds;
    random = new SplittableRandom(seed);
  }

  /** A damaged copy: one change or a few; most of the damaged PNGs get correct sums again. */
  byte[] of(byte[] file) {
    byte[] damaged = file.clone();
    int changes = random.nextInt(3) < 2 ? 1 : 2 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      damaged = change(damaged);
    }
    if (random.nextInt(4) > 0 && damaged.length > 8 && damaged[1] == 'P') {
      correctSums(damaged);
    }
    return damaged;
  }

  private byte[] change(byte[] file) {
    if (file.length < 16) {
      return file;
    }
    return switch (random.nextInt(10)) {
      case 0 -> flipBits(file, file.length);
      case 1 -> flipBits(file, Math.min(HEAD, file.length));
      case 2 -> overwrite(file, file.length);
      case 3 -> overwrite(file, Math.min(HEAD, file.length));
      case 4 -> setNumber(file, number(file));
      case 5 -> setNumber(file, MAGIC + random.nextInt(Math.min(HEAD, file.length) - 8));
      case 6 -> Arrays.copyOf(file, 1 + random.nextInt(file.length));
      case 7 -> insert(file);
      case 8 -> remove(file);
      default -> splice(file, seeds.get(random.nextInt(seeds.size())));
    };
  }

  private byte[] flipBits(byte[] file, int within) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      file[MAGIC + random.nextInt(within - MAGIC)] ^= (byte) (1 << random.nextInt(8));
    }
    return file;
  }

  private byte[] overwrite(byte[] file, int within) {
    int at = MAGIC + random.nextInt(within - MAGIC);
    int end = Math.min(within, at + 1 + random.nextInt(8));
    byte value = (byte) random.nextInt(256);
    boolean same = random.nextBoolean();
    for (int i = at; i < end; i++) {
      file[i] = same ? value : (byte) random.nextInt(256);
    }
    return file;
  }

  /** Index of a length or of a side: where the structure of the format has numbers. */
  private int number(byte[] file) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    List<String> before =
        switch (file[0]) {
          case (byte) 0xFF ->
              List.of("\u00FF\u00C0", "\u00FF\u00C2", "\u00FF\u00C4", "\u00FF\u00DA");
          case (byte) 0x89 ->
              List.of("\r\n\u001A\n", "IHDR", "IDAT", "PLTE", "fcTL", "acTL", "eXIf");
          case 'G' -> List.of("GIF89a", ",", "!");
          case 'R' -> List.of("RIFF", "VP8 ", "VP8L", "VP8X", "ANIM", "ANMF", "EXIF");
          default -> List.of("BM");
        };
    int at = text.indexOf(before.get(random.nextInt(before.size())));
    if (at < 0) {
      at = 0;
    }
    return Math.min(file.length - 4, Math.max(0, at + random.nextInt(24) - 4));
  }

  private byte[] setNumber(byte[] file, int at) {
    int value =
        random.nextBoolean()
            ? EDGES[random.nextInt(EDGES.length)]
            : random.nextInt(2 * file.length);
    ByteOrder order =
        file[0] == (byte) 0xFF || file[0] == (byte) 0x89
            ? ByteOrder.BIG_ENDIAN
            : ByteOrder.LITTLE_ENDIAN;
    ByteBuffer bytes = ByteBuffer.wrap(file).order(order);
    if (random.nextBoolean()) {
      bytes.putInt(at, value);
    } else {
      bytes.putShort(at, (short) value);
    }
    return file;
  }

  private byte[] insert(byte[] file) {
    int at = random.nextInt(file.length);
    int length = 1 + random.nextInt(40);
    byte[] more = new byte[length];
    if (random.nextBoolean()) {
      int from = random.nextInt(file.length);
      System.arraycopy(file, from, more, 0, Math.min(length, file.length - from));
    } else {
      random.nextBytes(more);
    }
    return ByteBuffer.allocate(file.length + length)
        .put(file, 0, at)
        .put(more)
        .put(file, at, file.length - at)
        .array();
  }

  private byte[] remove(byte[] file) {
    int at = random.nextInt(file.length);
    int length = Math.min(1 + random.nextInt(40), file.length - at);
    return splice(file, at, file, at + length);
  }

  private byte[] splice(byte[] file, byte[] other) {
    return splice(file, random.nextInt(file.length), other, random.nextInt(other.length));
  }

  private static byte[] splice(byte[] first, int end, byte[] second, int start) {
    return ByteBuffer.allocate(end + second.length - start)
        .put(first, 0, end)
        .put(second, start, second.length - start)
        .array();
  }

  /** Damage behind a wrong sum is not looked at by libpng, so sums are made to fit. */
  private static void correctSums(byte[] png) {
    ByteBuffer bytes = ByteBuffer.wrap(png);
    int at = 8;
    while (at + 12 <= png.length) {
      int length = bytes.getInt(at);
      if (length < 0 || length > png.length - at - 12) {
        return;
      }
      CRC32 sum = new CRC32();
      sum.update(png, at + 4, length + 4);
      bytes.putInt(at + 8 + length, (int) sum.getValue());
      at += length + 12;
    }
  }
}
