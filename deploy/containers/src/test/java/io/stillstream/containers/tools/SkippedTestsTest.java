package io.stillstream.containers.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkippedTestsTest {
  private static final Instant BEGIN = Instant.parse("2026-11-29T04:30:00Z");

  @TempDir private Path root;

  @Test
  void shouldNameWhatWasLeftOutByReason() throws IOException {
    // given
    report(
        "deploy/local/target/failsafe-reports/TEST-a.xml",
        0,
        skipped("io.WatchIT", "shouldPass", "prometheus is missing"),
        "<testcase classname='io.WatchIT' name='shouldRun'/>");
    report(
        "deploy/bench/target/failsafe-reports/TEST-b.xml",
        5,
        skipped("io.PeerIT", "", "python-opencv is missing"),
        skipped("io.AlertIT", "shouldFire", "prometheus is missing"));
    report("schemas/target/surefire-reports/TEST-c.xml", 5, skipped("io.OddTest", "shouldX", ""));

    // then
    assertThat(SkippedTests.read(root, BEGIN).lines())
        .containsExactly(
            "Tests that were left out:",
            "  prometheus is missing",
            "    io.AlertIT.shouldFire",
            "    io.WatchIT.shouldPass",
            "  python-opencv is missing",
            "    io.PeerIT",
            "  without a reason",
            "    io.OddTest.shouldX");
  }

  @Test
  void shouldLeaveAloneWhatAnEarlierBuildLeftOut() throws IOException {
    // given
    report(
        "schemas/target/surefire-reports/TEST-a.xml",
        -1,
        skipped("io.WatchIT", "shouldPass", "prometheus is missing"));

    // then
    assertThat(SkippedTests.read(root, BEGIN).lines())
        .containsExactly("No test was left out for want of a tool.");
  }

  @Test
  void shouldNameAReportThatCannotBeRead() throws IOException {
    // given
    report("schemas/target/surefire-reports/TEST-cut.xml", 0, "<testcase");

    // then
    assertThatThrownBy(() -> SkippedTests.read(root, BEGIN))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("TEST-cut.xml");
  }

  private static String skipped(String type, String method, String reason) {
    return "<testcase classname='%s' name='%s'><skipped message='%s'/></testcase>"
        .formatted(type, method, reason);
  }

  private void report(String file, int secondsAfterBegin, String... cases) throws IOException {
    Path report = root.resolve(file);
    Files.createDirectories(report.getParent());
    Files.writeString(report, "<testsuite>" + String.join("", cases) + "</testsuite>");
    Files.setLastModifiedTime(report, FileTime.from(BEGIN.plusSeconds(secondsAfterBegin)));
  }
}
