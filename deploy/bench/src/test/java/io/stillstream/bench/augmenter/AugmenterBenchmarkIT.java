package io.stillstream.bench.augmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.comparison.PairedBenchmark;
import io.stillstream.bench.input.BenchmarkImages;
import io.stillstream.bench.input.SyntheticPhotographs;
import io.stillstream.bench.python.PythonInterpreter;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both sides of every row, for real. */
@RequiresTool(ExternalTool.PYTHON_OPENCV)
final class AugmenterBenchmarkIT {
  /** Mean difference of a pixel's value, of 255: rounding, and the decoders' own differences. */
  private static final double CLOSE = 1;

  private static final int IMAGES = 8;

  @TempDir private static Path directory;
  private static BenchmarkImages inputs;
  private static OpenCvBaseline openCv;

  @BeforeAll
  static void start() throws IOException {
    Path photographs = Files.createDirectory(directory.resolve("photographs"));
    SyntheticPhotographs.photograph(photographs.resolve("a.jpg"), 1500, 2000, 1);
    SyntheticPhotographs.photograph(photographs.resolve("b.png"), 1200, 1600, 2);
    inputs = BenchmarkImages.make(photographs, directory);
    openCv = OpenCvBaseline.start(PythonInterpreter.withOpenCv().find(Optional.empty()), directory);
  }

  @AfterAll
  static void stop() {
    openCv.close();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PHOTO_NAIVE")
  void shouldMakeTheSameViewsOnBothSides(AugmenterBenchmark row) throws IOException {
    // given
    List<Path> files = row.set().of(inputs);
    double difference = 0;
    int views = 0;

    try (InProcessAugmenter augmenter = new InProcessAugmenter(row)) {
      for (int number = 0; number < IMAGES; number++) {
        Path file = files.get(number % files.size());

        // when
        List<RenderedView> ours = augmenter.views(Files.readAllBytes(file), number);
        List<byte[]> theirs =
            openCv.views(
                row.rowName(), file, ours.stream().map(view -> view.recipe().steps()).toList());

        // then
        assertThat(theirs).hasSameSizeAs(ours);
        for (int i = 0; i < ours.size(); i++) {
          double mean = meanDifference(ours.get(i).pixels(), theirs.get(i));
          assertThat(mean).as("view %d of %s", i, file.getFileName()).isLessThan(3 * CLOSE);
          difference += mean;
          views++;
        }
      }
    }
    assertThat(difference / views).isLessThanOrEqualTo(CLOSE);
  }

  @ParameterizedTest
  @EnumSource
  void shouldMeasureBothSidesOfEveryRow(AugmenterBenchmark row) {
    // given
    List<Path> files = row.set().of(inputs);
    openCv.load(row.set().name(), files);

    // when
    try (InProcessAugmenter augmenter = new InProcessAugmenter(row)) {
      BenchmarkResult result =
          new PairedBenchmark(
                  row.rowName(),
                  row.target(),
                  augmenter.workload(BenchmarkImages.bytes(files)),
                  openCv.workload(row.rowName(), row.set().name()))
              .measure(Duration.ofMillis(1), 1);

      // then
      assertThat(result.ours()).isPositive();
      assertThat(result.other()).isPositive();
    }
  }

  @Test
  void shouldTellWhatThePeerCannotDo() {
    assertThatThrownBy(
            () -> openCv.workload("photo", "a set that nobody loaded").run(Duration.ZERO))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("KeyError");
  }

  @Test
  void shouldMakeInputsOfTheShapesThatRowsPromise() {
    assertThat(inputs.photos()).hasSizeGreaterThanOrEqualTo(48);
    assertThat(inputs.small()).hasSameSizeAs(inputs.photos());
    assertThat(inputs.smallPng()).hasSameSizeAs(inputs.photos());
    assertThat(inputs.large()).hasSize(2);
    assertThat(BenchmarkImages.bytes(inputs.small()))
        .allSatisfy(raw -> assertThat(raw).hasSize(28 * 28));
  }

  private static double meanDifference(byte[] ours, byte[] theirs) {
    assertThat(theirs).hasSameSizeAs(ours);
    long sum = 0;
    for (int i = 0; i < ours.length; i++) {
      sum += Math.abs(Byte.toUnsignedInt(ours[i]) - Byte.toUnsignedInt(theirs[i]));
    }
    return (double) sum / ours.length;
  }
}
