package io.stillstream.runtime.model;

import io.stillstream.runtime.config.StartupException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * An array of unsigned bytes in the IDX format of the MNIST data sets, plain or gzipped: two zero
 * bytes, the type 8, the number of dimensions, each dimension as a big-endian int, the data.
 */
public final class IdxFile {
  private static final int UNSIGNED_BYTES = 0x08;

  private final int[] shape;
  private final byte[] data;

  private IdxFile(int[] shape, byte[] data) {
    this.shape = shape;
    this.data = data;
  }

  /**
   * Reads a file of the given number of dimensions.
   *
   * @throws StartupException naming the file, when it cannot be read or is something else
   */
  public static IdxFile read(Path file, int dimensions) {
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(open(file)))) {
      int magic = in.readInt();
      if (magic != (UNSIGNED_BYTES << 8 | dimensions)) {
        throw new StartupException(
            file + ": not an idx file of unsigned bytes in " + dimensions + " dimensions");
      }
      int[] shape = new int[dimensions];
      long size = 1;
      for (int i = 0; i < dimensions; i++) {
        shape[i] = in.readInt();
        size *= shape[i];
        if (shape[i] < 1 || size > Integer.MAX_VALUE - 16) {
          throw new StartupException(file + ": dimension " + i + " is out of range: " + shape[i]);
        }
      }
      byte[] data = in.readNBytes((int) size);
      if (data.length != size) {
        throw new StartupException(
            file + ": cut short, has " + data.length + " of " + size + " bytes");
      }
      return new IdxFile(shape, data);
    } catch (IOException e) {
      throw new StartupException(file + " cannot be read: " + e, e);
    }
  }

  /** Size of a dimension; the first one counts the items. */
  public int size(int dimension) {
    return shape[dimension];
  }

  /** Unsigned bytes, row-major; not a copy. */
  public byte[] data() {
    return data;
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      return file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
