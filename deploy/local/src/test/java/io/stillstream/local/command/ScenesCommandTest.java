package io.stillstream.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.StillstreamMain;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.local.data.SyntheticScenes;
import io.stillstream.schemas.image.MaskCodec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenesCommandTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldWriteEachSceneWithItsMask() throws Exception {
    // when
    int code = run(directory.toString(), "--count=3", "--seed=9", "--part=test");
    // then
    assertThat(code).as("%s", err).isZero();
    assertThat(out).hasToString("3 scenes in " + directory + System.lineSeparator());
    SyntheticScenes scenes =
        new SyntheticScenes(
            IdxLabeledImages.load(Path.of("../data/fashion-mnist"), Split.TEST), 9, 3);
    for (int i = 0; i < 3; i++) {
      String name = "00000" + i + ".png";
      assertThat(Files.readAllBytes(directory.resolve("images").resolve(name)))
          .isEqualTo(scenes.file(i));
      byte[] mask = Files.readAllBytes(directory.resolve("masks").resolve(name));
      assertThat(MaskCodec.decode(ByteBuffer.wrap(mask))).isEqualTo(scenes.mask(i).orElseThrow());
    }
    // and: not among others
    assertThat(run(directory.toString())).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "stillstream scenes: %s is not empty%n".formatted(directory.resolve("images")));
  }

  @Test
  void shouldRefuseWhatItCannotMake() {
    assertThat(run(directory.toString(), "--count=0")).isEqualTo(2);
    assertThat(run(directory.toString(), "--dataset=" + directory)).isEqualTo(2);
    assertThat(err)
        .asString()
        .contains("--count must be at least 1, was 0", "train-images-idx3-ubyte nor .gz");
  }

  private int run(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "scenes";
    System.arraycopy(args, 0, all, 1, args.length);
    System.setProperty("stillstream.home", Path.of("../..").toAbsolutePath().toString());
    return StillstreamMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }
}
