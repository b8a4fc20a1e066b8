package io.stillstream.augmenter.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.image.ImageFormat;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Damaged files by the ten thousand: {@code -Dfuzz.files} tells how many, {@code -Dfuzz.seed}
 * which. What came of them is left in {@code target/fuzz}, and after a crash the file that did it.
 */
final class ImageDecoderFuzzIT {
  private static final int FILES = Integer.getInteger("fuzz.files", 10_000);
  private static final long SEED = Long.getLong("fuzz.seed", 1);

  /** A file takes well under a millisecond; far more is a hang. */
  private static final Duration LIMIT = Duration.ofMinutes(10).plusMillis(20L * FILES);

  /** Native memory that the process may gain after its first quarter: compiled code mostly. */
  private static final long GROWTH = 32L << 20;

  private static final double RARE = 0.01;

  @Test
  void shouldEndEveryDamagedFileInAnImageOrAReason() throws Exception {
    // given
    Path directory = Files.createDirectories(Path.of("target", "fuzz")).toAbsolutePath();
    Path result = directory.resolve("result.properties");
    Files.deleteIfExists(result);

    // when
    int exit = run(directory, result);

    // then: neither a crash nor an exception
    assertThat(exit).as("exit code; see %s", directory).isZero();
    Properties counts = new Properties();
    try (Reader reader = Files.newBufferedReader(result)) {
      counts.load(reader);
    }
    assertThat(counts.getProperty("same")).as("good files decode as before").isEqualTo("true");
    assertThat(Long.parseLong(counts.getProperty("grown"))).isLessThan(GROWTH);
    long all = 0;
    for (ImageFormat format : ImageFormat.values()) {
      long decoded = count(counts, format, ImageDecoderFuzzer.DECODED);
      long rejected = 0;
      for (RejectionReason reason : RejectionReason.values()) {
        rejected += count(counts, format, reason.tag());
      }
      double some = RARE * (decoded + rejected);
      assertThat((double) decoded).as("%s decoded", format).isGreaterThan(some);
      assertThat((double) count(counts, format, RejectionReason.UNDECODABLE.tag()))
          .as("%s refused by the decoder", format)
          .isGreaterThan(some);
      assertThat((double) rejected).as("%s rejected", format).isGreaterThan(some);
      all += decoded + rejected;
    }
    assertThat(all).isEqualTo(FILES);
  }

  private static int run(Path directory, Path result) throws Exception {
    // A heap of one size from the start: what the process gains is not Java's.
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                "-XX:ErrorFile=" + directory.resolve("crash.log"),
                "-Dorg.bytedeco.javacpp.nopointergc=true",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                ImageDecoderFuzzer.class.getName(),
                String.valueOf(FILES),
                String.valueOf(SEED),
                result.toString(),
                directory.resolve("last").toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output.txt").toFile())
            .start();
    try {
      assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("end in time").isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static long count(Properties counts, ImageFormat format, String end) {
    return Long.parseLong(counts.getProperty(format + "." + end, "0"));
  }
}
