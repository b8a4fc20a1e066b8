package io.stillstream.local.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.local.StillstreamMain;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.HttpEndpoint.FileBody;
import io.stillstream.runtime.http.HttpEndpoint.Kind;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.ManagementServer;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.http.ManagementSettings.Basic;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command with {@code --url}, against a management port that answers as a trainer's does. */
final class TrainerReleasesTest {
  private static final byte[] MODEL = "weights".getBytes(UTF_8);

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<String> promoted = new ArrayList<>();
  private ManagementServer management;
  private Reply promotion = Reply.ok(Map.of("student", "cnn", "version", 1, "before", 2));
  private String sha256 = Sha256.hex(MODEL);

  @BeforeEach
  void start() throws IOException {
    Files.write(directory.resolve("served.pt"), MODEL);
    Files.writeString(directory.resolve("password"), "secret\n");
    start(Optional.of(new Basic("ops", "secret", true)));
  }

  private void start(Optional<Basic> basic) {
    management =
        ManagementServer.start(
            new ManagementSettings("127.0.0.1", 0, Optional.empty(), basic),
            registry,
            Health::of,
            Map.of());
    management.add(
        List.of(
            new HttpEndpoint("GET", "/training", 0, request -> Reply.ok(Map.of("student", "cnn"))),
            new HttpEndpoint(
                "GET",
                "/releases",
                0,
                request -> Reply.ok(Map.of("releases", List.of(release(2), release(1))))),
            new HttpEndpoint(
                "POST",
                "/releases/{version}/promote",
                0,
                Kind.CHANGE,
                request -> {
                  promoted.add(request.parameter("version").orElseThrow());
                  return promotion;
                }),
            new HttpEndpoint(
                "POST",
                "/releases/rollback",
                0,
                Kind.CHANGE,
                request -> {
                  promoted.add("rollback");
                  return promotion;
                }),
            new HttpEndpoint(
                "GET",
                "/releases/{version}/student.pt",
                0,
                Kind.DOWNLOAD,
                request -> Reply.ok(file()))));
  }

  private static Map<String, Object> release(int version) {
    return Map.of(
        "task",
        "classification",
        "version",
        version,
        "alias",
        version == 1 ? "champion" : "challenger",
        "step",
        1000 * version,
        "created",
        1_764_000_000_000L,
        "accuracy",
        0.905,
        "gate",
        version == 1 ? "passed" : "failed",
        "sha256",
        "3f1c09be77a0aa",
        "current",
        version == 1);
  }

  private FileBody file() {
    try {
      FileChannel channel = FileChannel.open(directory.resolve("served.pt"));
      return new FileBody("application/octet-stream", "student.pt", sha256, channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() {
    management.close();
    registry.close();
  }

  @Test
  void shouldListOldestFirst() {
    // when
    assertThat(releases("list")).isZero();

    // then
    assertThat(out.toString().lines())
        .hasSize(3)
        .anyMatch(
            line ->
                line.matches(
                    "\\* cnn +1  champion +1000  classification +90.50 %  2025-11-24T16:00:00Z"
                        + "  3f1c09be77a0"))
        .last()
        .asString()
        .startsWith("  cnn")
        .endsWith("did not pass the gate");
  }

  @Test
  void shouldPromoteAndRollBack() {
    // when
    assertThat(releases("promote", "1")).isZero();
    assertThat(releases("rollback", "--student=cnn")).isZero();

    // then
    assertThat(promoted).containsExactly("1", "rollback");
    assertThat(out.toString())
        .isEqualTo("cnn: version 1 is champion, before it was 2\nthe trainer announces it\n");
  }

  @ParameterizedTest
  @CsvSource({"404, 2", "409, 2", "503, 1", "202, 1"})
  void shouldGiveTheReasonOfARefusal(int status, int exit) {
    // given
    promotion = new Reply(status, Map.of("error", "because of that"));

    // when
    assertThat(releases("promote", "7")).isEqualTo(exit);

    // then
    assertThat(err.toString())
        .contains(
            "http://127.0.0.1:" + management.port() + " answers " + status + ": because of that");
  }

  @Test
  void shouldSayThatTheTrainerTakesNoChanges() {
    // given
    management.close();
    start(Optional.empty());

    // when
    assertThat(run("promote", "1", "--url=" + url())).isEqualTo(2);

    // then
    assertThat(err.toString()).contains(" answers 403: changes by HTTP need management.basic");
    assertThat(promoted).isEmpty();
  }

  @Test
  void shouldSayWhatIsWrongWithTheOptions() throws IOException {
    // then
    Path password = Files.writeString(directory.resolve("wrong"), "other");
    assertThat(run("list", "--url=" + url(), "--user=ops", "--password-file=" + password))
        .isEqualTo(2);
    assertThat(err.toString()).contains(" answers 401: user and password are needed");
    assertThat(run("list", "--url=" + url(), "--user=ops", "--password-file=nowhere")).isEqualTo(2);
    assertThat(err.toString()).contains("--password-file: file nowhere does not exist");
    assertThat(run("list", "--url=ftp://trainer")).isEqualTo(2);
    assertThat(err.toString()).contains("--url must be http:// or https:// and a host");
    assertThat(run("list", "--url=" + url(), "--cacert=nowhere")).isEqualTo(2);
    assertThat(err.toString()).contains("--cacert: nowhere cannot be read");
    assertThat(run("list", "--url=" + url(), "--directory=" + directory)).isEqualTo(2);
    assertThat(err.toString()).contains("--url: the trainer knows its own directory and settings");
    assertThat(run("list", "--user=ops", "--directory=" + directory)).isEqualTo(2);
    assertThat(err.toString()).contains("--user, --password-file and --cacert are for --url");
    assertThat(run("download", "1", "--directory=" + directory)).isEqualTo(2);
    assertThat(err.toString()).contains("say where: --url");
    assertThat(releases("promote", "1", "--student=other")).isEqualTo(2);
    assertThat(err.toString()).contains("--student: the releases are of cnn, was other");
    assertThat(releases("promote", "1", "--no-event")).isEqualTo(2);
    assertThat(err.toString()).contains("--no-event: the trainer at --url announces what it");
    assertThat(promoted).isEmpty();
  }

  @Test
  void shouldSayThatNothingAnswers() {
    // given
    management.close();

    // when
    assertThat(releases("list")).isEqualTo(1);

    // then
    assertThat(err.toString())
        .contains("--url: http://127.0.0.1:")
        .contains(" gives no answer: connection refused; does the service run?")
        .doesNotContain("Exception");
  }

  @Test
  void shouldDownloadAFileAndCompareItsHash() throws IOException {
    // given
    Path target = Files.writeString(directory.resolve("student.pt"), "of before");

    // when
    sha256 = "ab".repeat(32);
    assertThat(releases("download", "1", "--out=" + target)).isEqualTo(1);

    // then
    assertThat(err.toString()).contains("student.pt is damaged: its sha256 is ");
    assertThat(target).hasContent("of before");
    assertThat(directory.resolve("student.pt.part")).doesNotExist();

    // when
    sha256 = Sha256.hex(MODEL);
    assertThat(releases("download", "1", "--out=" + target)).isZero();

    // then
    assertThat(target).hasBinaryContent(MODEL);
    assertThat(out.toString()).isEqualTo(target + ": version 1, sha256 " + sha256 + "\n");
    assertThat(releases("download", "1", "--onnx", "--out=" + target)).isEqualTo(2);
    assertThat(err.toString()).contains(" answers 404: not found");
  }

  private String url() {
    return "http://127.0.0.1:" + management.port();
  }

  private int releases(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--url=" + url());
    all.add("--user=ops");
    all.add("--password-file=" + directory.resolve("password"));
    return run(all.toArray(String[]::new));
  }

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("releases"));
    all.addAll(List.of(args));
    return StillstreamMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }
}
