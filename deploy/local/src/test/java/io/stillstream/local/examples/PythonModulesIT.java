package io.stillstream.local.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.local.examples.PythonPrograms.Packages;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code deploy/examples/python} does without Kafka. */
@RequiresTool(ExternalTool.PYTHON_EXAMPLES)
final class PythonModulesIT {
  private static final Map<String, String> NO_CLIENTS =
      Map.of("bootstrap.servers", "127.0.0.1:1", "schema.registry.url", "http://127.0.0.1:1");
  private static final long MOST_PIXELS = 16_000_000;

  /** Writes the input of two models for each file, one in a line. */
  private static final String WRITE_BATCHES =
      """
      import base64
      import pathlib
      import sys

      from model import batch_of

      MODELS = [
          {"type": "uint8", "height": 28, "width": 28, "channels": 1},
          {"type": "uint8", "height": 48, "width": 32, "channels": 3},
      ]
      with open("batches", "w") as lines:
          for path in sys.argv[1:]:
              for model in MODELS:
                  pixels = batch_of(pathlib.Path(path).read_bytes(), model)
                  assert pixels.shape == (1, model["height"], model["width"], model["channels"])
                  print(base64.b64encode(pixels.tobytes()).decode(), file=lines)
      """;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void shouldDecodeAndStretchImagesAsTheTrainer(Packages packages) throws Exception {
    // given
    List<String> files = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    FixedShapeResizer grey = new FixedShapeResizer(28, 28, 1, MOST_PIXELS);
    FixedShapeResizer colour = new FixedShapeResizer(48, 32, 3, MOST_PIXELS);
    for (PixelEncoding encoding : List.of(PixelEncoding.PNG, PixelEncoding.JPEG)) {
      for (int channels : new int[] {1, 3}) {
        for (int[] size : new int[][] {{28, 28}, {48, 32}, {20, 90}, {375, 500}, {17, 13}}) {
          byte[] file = picture(encoding, size[0], size[1], channels);
          String name = "image-" + files.size();
          Files.write(directory.resolve(name), file);
          files.add(name);
          expected.add(Base64.getEncoder().encodeToString(grey.ofFile(file)));
          expected.add(Base64.getEncoder().encodeToString(colour.ofFile(file)));
        }
      }
    }
    Files.writeString(directory.resolve("write_batches.py"), WRITE_BATCHES);

    // when
    PythonPrograms.in(directory, packages, NO_CLIENTS)
        .run("python3 write_batches.py " + String.join(" ", files));

    // then
    List<String> batches = Files.readAllLines(directory.resolve("batches"));
    assertThat(batches).containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "produce_images.py",
        "labeled_views.py",
        "serve_release.py",
        "follow_releases.py",
        "send_labels.py"
      })
  void shouldSayWhatToInstall(String program) throws Exception {
    // given: a Python that does not look for packages
    PythonPrograms programs = PythonPrograms.in(directory, Packages.DEBIAN, NO_CLIENTS);

    // when
    List<String> said = programs.run("python3 -S deploy/examples/python/" + program, 1);

    // then
    assertThat(said.get(said.size() - 1))
        .matches(
            "ModuleNotFoundError: No module named '\\w+': pip install .*, or apt-get install .*");
  }

  @Test
  void shouldSayWhatIsWrongWithADirectory() throws Exception {
    // given
    PythonPrograms programs = PythonPrograms.in(directory, Packages.PYPI, NO_CLIENTS);

    // when
    List<String> said = programs.run("python3 deploy/examples/python/serve_release.py .", 1);

    // then
    assertThat(said.get(said.size() - 1)).contains("No such file", "model-card.json");
  }

  @Test
  void shouldFollowTheRulesOfRuff() throws Exception {
    // given
    PythonPrograms programs = PythonPrograms.in(directory, Packages.PYPI, NO_CLIENTS);

    // when, then
    programs.run("ruff check --no-cache deploy/examples/python/");
    programs.run("ruff format --no-cache --check deploy/examples/python/");
  }

  private static byte[] picture(PixelEncoding encoding, int height, int width, int channels) {
    byte[] hwc = WavyPicture.hwc(height, width, channels, new Random(height));
    ByteBuffer file = PixelCodec.encode(encoding, height, width, channels, hwc);
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    return bytes;
  }
}
