package io.stillstream.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.StillstreamMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  /** The commands for trainer and page. */
  private List<String> print(String... options) {
    StringWriter said = new StringWriter();
    CommandLine line = StillstreamMain.commandLine();
    line.setOut(new PrintWriter(said, true));
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
    assertThat(line.execute(arguments)).isZero();
    return said.toString().lines().filter(text -> !text.startsWith("#")).toList();
  }
}
