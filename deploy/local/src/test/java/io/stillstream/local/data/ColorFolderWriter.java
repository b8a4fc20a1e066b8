package io.stillstream.local.data;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Writes folders of noisy JPEG pictures of different sizes, in each of which a colour prevails. */
public final class ColorFolderWriter {
  public static final List<String> COLOURS = List.of("red", "green", "blue");

  private ColorFolderWriter() {}

  /** Makes so many pictures of each colour. */
  public static void write(Path directory, int each) throws IOException {
    Random random = new Random(1);
    for (int colour = 0; colour < COLOURS.size(); colour++) {
      Path folder = Files.createDirectories(directory.resolve(COLOURS.get(colour)));
      for (int i = 0; i < each; i++) {
        int height = 16 + random.nextInt(40);
        int width = 16 + random.nextInt(40);
        byte[] pixels = new byte[height * width * 3];
        for (int p = 0; p < pixels.length; p++) {
          pixels[p] = (byte) (random.nextInt(100) + (p % 3 == colour ? 120 : 40));
        }
        ByteBuffer file = PixelCodec.encode(PixelEncoding.JPEG, height, width, 3, pixels);
        Files.write(folder.resolve(i + ".jpg"), bytes(file));
      }
    }
  }

  static byte[] bytes(ByteBuffer file) {
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    return bytes;
  }
}
