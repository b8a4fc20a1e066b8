package io.stillstream.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.StillstreamMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is printed for principals that files do not tell; no broker is asked. */
class AclsCommandTest {
  @TempDir private Path directory;
  private Path trainer;
  private Path page;

  @BeforeEach
  void write() throws Exception {
    trainer = directory.resolve("trainer.yaml");
    Files.writeString(
        trainer,
        """
        kafka: {bootstrap.servers: 'b:9094', security.protocol: SSL}
        student: student
        directory: work
        """);
    page = directory.resolve("page.yaml");
    Files.writeString(
        page,
        """
        kafka: {bootstrap.servers: 'b:9094', security.protocol: SSL}
        trainer: {url: 'http://trainer:9403'}
        """);
  }

  @Test
  void shouldNamePrincipalsByTheirRole() {
    assertThat(print())
        .hasSizeGreaterThan(8)
        .anyMatch(line -> line.contains(" --allow-principal User:trainer "))
        .anyMatch(line -> line.contains(" --allow-principal User:page "));
  }

  @Test
  void shouldTakeOtherPrincipals() {
    assertThat(print("--principal", "trainer=User:t", "--principal", "page=User:CN=p,O=Example"))
        .hasSizeGreaterThan(8)
        .allMatch(line -> line.contains(" User:t ") || line.contains(" 'User:CN=p,O=Example' "))
        .anyMatch(line -> line.contains(" User:t "))
        .anyMatch(line -> line.contains(" 'User:CN=p,O=Example' "));
  }

  @Test
  void shouldGrantNothingOutsideThePrefix() throws Exception {
    // given
    String common = "kafka: {bootstrap.servers: 'b:9094'}\ntopics: {prefix: team-a.}\n";
    Path augmenter = directory.resolve("augmenter.yaml");
    Files.writeString(
        augmenter,
        common
            + """
            policy:
              output: {height: 28, width: 28}
              operations: [{cutmix: {}}]
            """);
    Path labeler = directory.resolve("labeler.yaml");
    Files.writeString(labeler, common + "teacher: t\nlabel: {adaptive: {}}\n");
    Files.writeString(
        trainer,
        common + "student: s\ndirectory: d\nlabels: {enabled: true}\nreview: {per-minute: 1}\n");
    Files.writeString(
        page, common + "trainer: {url: 'http://trainer:9403'}\nlabels: {write: true}\n");

    // when
    List<String> lines =
        printed(
            "acls",
            "print",
            "--topics-prefix",
            "team-a.",
            "--augmenter",
            augmenter.toString(),
            "--labeler",
            labeler.toString(),
            "--trainer",
            trainer.toString(),
            "--page",
            page.toString());

    // then
    Pattern resource = Pattern.compile("--(topic|group|transactional-id) (\\S+)");
    List<MatchResult> named =
        lines.stream().flatMap(line -> resource.matcher(line).results()).toList();
    assertThat(named)
        .hasSizeGreaterThan(40)
        .allMatch(match -> match.group(2).startsWith("team-a."));
    assertThat(named.stream().map(match -> match.group(1)).distinct())
        .containsExactlyInAnyOrder("topic", "group", "transactional-id");
    assertThat(lines).anyMatch(line -> line.contains("team-a.augmenter-recent-images-changelog"));
  }

  @Test
  void shouldRefuseABadPrefix() {
    // given
    StringWriter said = new StringWriter();
    CommandLine line = StillstreamMain.commandLine();
    line.setErr(new PrintWriter(said, true));

    // then
    assertThat(line.execute("acls", "print", "--topics-prefix", "a b")).isEqualTo(2);
    assertThat(said.toString()).contains("--topics-prefix must have only letters, digits");
  }

  /** The commands for trainer and page. */
  private List<String> print(String... options) {
    String[] fixed = {
      "acls",
      "print",
      "--role",
      "trainer,page",
      "--trainer",
      trainer.toString(),
      "--page",
      page.toString()
    };
    String[] arguments = new String[fixed.length + options.length];
    System.arraycopy(fixed, 0, arguments, 0, fixed.length);
    System.arraycopy(options, 0, arguments, fixed.length, options.length);
    return printed(arguments);
  }

  private static List<String> printed(String... arguments) {
    StringWriter said = new StringWriter();
    CommandLine line = StillstreamMain.commandLine();
    line.setOut(new PrintWriter(said, true));
    assertThat(line.execute(arguments)).isZero();
    return said.toString().lines().filter(text -> !text.startsWith("#")).toList();
  }
}
