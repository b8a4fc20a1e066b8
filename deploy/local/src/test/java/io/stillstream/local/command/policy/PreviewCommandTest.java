package io.stillstream.local.command.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.policy.PolicyResolver;
import io.stillstream.local.StillstreamMain;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreviewCommandTest {
  private static final String POLICY =
      """
      seed: 5
      output: {height: 28, width: 28, channels: 1}
      operations: [{rotate: {degrees: 15}}, horizontal_flip]
      """;

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path policy;
  private Path image;
  private Path sheet;

  @BeforeEach
  void writeFiles() throws IOException {
    policy = Files.writeString(directory.resolve("p.yaml"), POLICY);
    image = png("image.png", 40, 30, 3);
    sheet = directory.resolve("sheet.png");
  }

  @Test
  void shouldMakeTheSameFileTwiceAndAnotherOneForAnotherSeed() throws IOException {
    // when
    assertThat(run("--seed=1")).isZero();
    byte[] first = Files.readAllBytes(sheet);
    assertThat(run("--seed=1")).isZero();
    byte[] again = Files.readAllBytes(sheet);
    assertThat(run("--seed=2")).isZero();
    byte[] other = Files.readAllBytes(sheet);
    assertThat(run()).isZero();
    byte[] own = Files.readAllBytes(sheet);
    assertThat(run("--seed=5")).isZero();

    // then
    assertThat(again).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
    assertThat(own).isEqualTo(Files.readAllBytes(sheet));
    assertThat(out.toString()).contains("6 views of 1 image(s) in " + sheet);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldReadThePolicyOutOfAnAugmentersSettings() throws IOException {
    // given
    run();
    byte[] bare = Files.readAllBytes(sheet);
    Files.writeString(
        policy, "kafka: {bootstrap.servers: '${NOT_SET}'}\npolicy:\n" + POLICY.indent(2));

    // when
    assertThat(run()).isZero();

    // then
    assertThat(Files.readAllBytes(sheet)).isEqualTo(bare);
  }

  @Test
  void shouldKnowTheReadyMadePoliciesByName() {
    assertThat(PolicyResolver.PRESETS)
        .allSatisfy(
            name ->
                assertThat(
                        execute(
                            "--policy=" + name, "--image=" + image, "--out=" + sheet, "--views=5"))
                    .isZero());
    assertThat(execute("--policy=funmtch", "--image=" + image, "--out=" + sheet)).isEqualTo(2);
    assertThat(err.toString())
        .contains("stillstream preview: bad policy funmtch: policy: must be a ready-made policy");
  }

  @Test
  void shouldShowTheViewsThatTheServiceWouldMakeInTheirPlaces() throws IOException {
    // given: views of one colour each would be the same anywhere, so the image is its own original
    Path tiny = png("tiny.png", 28, 28, 1);

    // when
    assertThat(
            execute(
                "--policy=" + policy,
                "--image=" + tiny,
                "--out=" + sheet,
                "--views=1",
                "--columns=2"))
        .isZero();

    // then: the file and view 0 side by side, each pixel a square of 6
    byte[] pixels =
        PixelCodec.decode(PixelEncoding.PNG, 28, 28, 1, ByteBuffer.wrap(Files.readAllBytes(tiny)));
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(sheet));
    int width = file.getInt(16);
    int height = file.getInt(20);
    byte[] rgb = PixelCodec.decode(PixelEncoding.PNG, height, width, 3, file);
    int top = 2 * 8 + 2 * 14;
    for (int y = 0; y < 28; y++) {
      for (int x = 0; x < 28; x++) {
        for (int left : new int[] {8, 8 + 168 + 8}) {
          int at = ((top + y * 6 + 5) * width + left + x * 6 + 5) * 3;
          assertThat(rgb[at]).isEqualTo(pixels[y * 28 + x]);
        }
      }
    }
    assertThat(width).isEqualTo(8 + 2 * (168 + 8));
  }

  @Test
  void shouldBeginANewRowForEachImage() throws IOException {
    // given
    run("--columns=7");
    int one = ByteBuffer.wrap(Files.readAllBytes(sheet)).getInt(20);

    // when
    assertThat(run("--columns=7", "--image=" + png("second.png", 30, 50, 1))).isZero();

    // then
    assertThat(ByteBuffer.wrap(Files.readAllBytes(sheet)).getInt(20)).isGreaterThan(one + 168);
    assertThat(out.toString()).contains("12 views of 2 image(s)");
  }

  @Test
  void shouldSayEverythingThatIsWrongWithAPolicy() throws IOException {
    // given
    Files.writeString(
        policy, "views: 0\noutput: {height: 28, width: 28}\noperations: [{rotat: {}}]\n");

    // when
    assertThat(run()).isEqualTo(2);

    // then
    assertThat(err.toString())
        .startsWith("stillstream preview: bad policy " + policy + ":\n")
        .contains("policy.views: must be")
        .contains("policy.operations[0].rotat: unknown operation");
  }

  @Test
  void shouldSayWhatIsNoImage() throws IOException {
    // given
    Path text = Files.writeString(directory.resolve("notes.txt"), "no image");
    Path cut = directory.resolve("cut.png");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(image), 200));

    // then
    assertThat(run("--image=" + text)).isEqualTo(2);
    assertThat(run("--image=" + cut)).isEqualTo(2);
    assertThat(run("--image=" + directory.resolve("none.jpg"))).isEqualTo(2);
    assertThat(err.toString().lines().toList())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith(
                        "stillstream preview: image " + text + " is refused, unknown_format: "),
            line ->
                assertThat(line)
                    .startsWith("stillstream preview: image " + cut + " is refused, broken_file: "),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "stillstream preview: there is no image " + directory.resolve("none.jpg")));
    assertThat(sheet).doesNotExist();
  }

  @Test
  void shouldMixWithThePartnerOrTheNextImageAndSayWhereThereIsNone() throws IOException {
    // given
    Files.writeString(policy, "output: {height: 32, width: 32}\noperations: [mixup]\n");
    Path second = png("second.png", 20, 20, 3);
    assertThat(run()).isZero();
    byte[] alone = Files.readAllBytes(sheet);
    assertThat(err.toString()).startsWith("the policy mixes images: without --partner");
    err.getBuffer().setLength(0);

    // when
    assertThat(run("--partner=" + second)).isZero();
    byte[] mixed = Files.readAllBytes(sheet);
    assertThat(run("--image=" + second)).isZero();
    byte[] both = Files.readAllBytes(sheet);

    // then
    assertThat(mixed).isNotEqualTo(alone);
    assertThat(both).isNotEqualTo(mixed);
    assertThat(err.toString()).isEmpty();
    assertThat(run("--partner=" + Files.writeString(directory.resolve("x.txt"), "x"))).isEqualTo(2);
    assertThat(err.toString()).contains("x.txt is refused, unknown_format: ");
  }

  @Test
  void shouldDrawMasksOverTheImageAndItsViews() throws IOException {
    // given: views of the image's size, which mirroring alone changes; class 1 in the left half
    Files.writeString(
        policy,
        "output: {height: 28, width: 28, channels: 1}\noperations: [{horizontal_flip: {p: 1}}]\n");
    Path tiny = png("tiny.png", 28, 28, 1);
    byte[] classes = new byte[28 * 28];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) (i % 28 < 14 ? 1 : 0);
    }
    Path mask = png("mask.png", 28, 28, 1, classes);
    String[] options = {
      "--policy=" + policy, "--image=" + tiny, "--out=" + sheet, "--views=2", "--columns=3"
    };

    // when
    assertThat(execute(options)).isZero();
    byte[] plain = sheet();
    List<String> masked = new ArrayList<>(List.of(options));
    masked.add("--mask=" + mask);
    assertThat(execute(masked.toArray(String[]::new))).isZero();

    // then: original and view 0 are coloured on the left, view 1 on the right
    for (int cell = 0; cell < 3; cell++) {
      for (int x = 0; x < 28; x++) {
        boolean inMask = cell < 2 ? x < 14 : x >= 14;
        int at = (44 + 5) * (8 + 3 * 176) * 3 + (8 + cell * 176 + x * 6 + 5) * 3;
        assertThat(sheet()[at] == sheet()[at + 2])
            .as("cell %d, column %d", cell, x)
            .isEqualTo(!inMask);
        assertThat(sheet()[at] == plain[at] && sheet()[at + 1] == plain[at + 1]).isEqualTo(!inMask);
      }
    }
  }

  private byte[] sheet() throws IOException {
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(sheet));
    return PixelCodec.decode(PixelEncoding.PNG, file.getInt(20), file.getInt(16), 3, file);
  }

  @Test
  void shouldSayWhatIsNoMaskOfTheImage() throws IOException {
    // given
    Path small = png("small.png", 28, 28, 1);
    Path mask = png("mask.png", 40, 30, 1, new byte[1200]);

    // then
    assertThat(run("--mask=" + mask)).isZero();
    assertThat(run("--mask=" + small)).isEqualTo(2);
    assertThat(run("--mask=" + mask, "--mask=" + mask)).isEqualTo(2);
    assertThat(run("--mask=" + directory.resolve("none.png"))).isEqualTo(2);
    assertThat(err.toString().lines().toList())
        .containsExactly(
            "stillstream preview: image "
                + image
                + " is refused, bad_mask: the mask is refused: it is 28 x 28, the upright image is"
                + " 40 x 30",
            "stillstream preview: --mask is given 2 times, --image 1 times",
            "stillstream preview: there is no mask " + directory.resolve("none.png"));
  }

  @Test
  void shouldRefuseAFileThatIsDamagedBehindItsHeader() throws IOException {
    // given
    ByteBuffer whole = PixelCodec.encode(PixelEncoding.JPEG, 80, 80, 1, new byte[6400]);
    byte[] half = new byte[whole.remaining() - 60];
    whole.get(half);
    Path cut = Files.write(directory.resolve("cut.jpg"), half);

    // then
    assertThat(run("--image=" + cut)).isEqualTo(2);
    assertThat(run("--partner=" + cut)).isEqualTo(2);
    assertThat(err.toString().lines().toList())
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith(
                        "stillstream preview: image " + cut + " is refused, undecodable: "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--views=0 | --views must be from 1 to 1000, was 0",
        "--views=1001 | --views must be from 1 to 1000, was 1001",
        "--views=many | Invalid value for option '--views'",
        "--columns=-1 | --columns must be from 0 to 100, was -1",
        "--seed=x | Invalid value for option '--seed'"
      })
  void shouldRefuseOptionsOutOfRange(String option, String message) {
    assertThat(execute("--policy=p", "--image=i", "--out=" + sheet, option)).isEqualTo(2);
    assertThat(err.toString()).startsWith("stillstream preview: " + message);
  }

  @Test
  void shouldRefuseAPlaceThatCannotBeWrittenAndAPolicyThatIsNotThere() {
    assertThat(run("--out=" + directory)).isEqualTo(2);
    assertThat(run("--out=" + directory.resolve("none/sheet.png"))).isEqualTo(2);
    policy = directory.resolve("none.yaml");
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString().lines().toList())
        .containsExactly(
            "stillstream preview: --out must be a file, " + directory + " is a directory",
            "stillstream preview: --out: there is no directory " + directory.resolve("none"),
            "stillstream preview: bad policy " + policy + ": policy: there is no file " + policy);
  }

  @Test
  void shouldRefuseASheetThatIsTooLargeBeforeItMakesAnyView() throws IOException {
    // given
    Files.writeString(policy, "output: {height: 4096, width: 4096}");

    // then
    assertThat(run("--views=1000")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("stillstream preview: 1000 views of 4096 x 4096 do not fit on a sheet");
  }

  /** The last of several equal options counts, and images add up. */
  private int run(String... more) {
    List<String> args = new ArrayList<>(List.of("--policy=" + policy, "--image=" + image));
    List<String> options = List.of(more);
    if (options.stream().noneMatch(option -> option.startsWith("--out"))) {
      args.add("--out=" + sheet);
    }
    if (options.stream().noneMatch(option -> option.startsWith("--views"))) {
      args.add("--views=6");
    }
    args.addAll(options);
    return execute(args.toArray(String[]::new));
  }

  private int execute(String... args) {
    List<String> all = new ArrayList<>(List.of("preview"));
    all.addAll(List.of(args));
    return StillstreamMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private Path png(String name, int height, int width, int channels) throws IOException {
    byte[] pixels = new byte[height * width * channels];
    new Random(9).nextBytes(pixels);
    return png(name, height, width, channels, pixels);
  }

  private Path png(String name, int height, int width, int channels, byte[] pixels)
      throws IOException {
    ByteBuffer file = PixelCodec.encode(PixelEncoding.PNG, height, width, channels, pixels);
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    return Files.write(directory.resolve(name), bytes);
  }
}
