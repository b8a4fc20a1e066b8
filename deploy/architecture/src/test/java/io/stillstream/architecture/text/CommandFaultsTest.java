package io.stillstream.architecture.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The checks of commands find what is wrong, and leave alone what is right. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommandFaultsTest {
  private final CommandFiles files = new CommandFiles(ProjectFiles.root());
  private final JarCommands jars = new JarCommands();
  private final MavenCommands maven;
  private final CurlCommands curl;

  CommandFaultsTest() throws IOException {
    maven = new MavenCommands();
    curl = new CurlCommands();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bash deploy/missing --x                                        | no script",
        "bash deploy/stillstream demo --policy deploy/config/none.yaml | is not there",
        "A=b java -jar deploy/page/target/pages.jar                    | no module makes this jar",
        "java -jar target/page-service.jar                              | no module makes this jar",
        "java -jar deploy/page/target/page-service.jar --confg x.yaml   | no options [--confg]",
        "mvn verify -Dquik                                              | -Dquik",
        "mvn verifi                                                     | verifi",
        "mvn -pl deploy/locals verify                                   | deploy/locals",
        "mvn verify -Dtest=MissingTest                                  | MissingTest",
        "mvn verify -Pconfluentt                                        | confluentt",
        "curl localhost:9403/trainings                                  | nothing answers there",
        "curl localhost:9943/training                                   | no service listens there",
        "curl -X POST http://localhost:9403/releases/3/promot           | nothing answers there",
      })
  void shouldFindWhatIsWrong(String command, String fault) {
    assertThat(faultOf(command)).hasValueSatisfying(text -> assertThat(text).contains(fault));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bash deploy/stillstream demo > out.txt",
        "java -jar deploy/page/target/page-service.jar --config page.yaml",
        "mvn -B -ntp verify -Dlint -Dtest=MarkdownTextTest#shouldTellTextFromCode",
        "curl -X POST http://localhost:9403/releases/3/promote | head",
        "curl -fO http://localhost:9403/releases/7/student.pt",
        "curl -fLO https://images.example.com/a.jpg",
        "curl http://localhost:8081/subjects",
        "docker compose -f deploy/compose/compose.yaml up",
      })
  void shouldLeaveAloneWhatIsRight(String command) {
    assertThat(faultOf(command)).isEmpty();
  }

  @Test
  void shouldSplitWhatAShellSplits() {
    // when
    List<ShellCommand> commands =
        commands(
            """
            Text.

                X=1 sudo mvn -B \\
                  verify && bash 'a b' "c" > out   # mvn no
                curl -d '{
                  "x": 1}' there | python3 -
                text: mvn
            """);
    // then
    assertThat(commands)
        .extracting(ShellCommand::words)
        .containsExactly(
            List.of("mvn", "-B", "verify"),
            List.of("bash", "a b", "c"),
            List.of("curl", "-d", "{\n  \"x\": 1}", "there"),
            List.of("python3", "-"));
    assertThat(commands).extracting(ShellCommand::line).containsExactly(3, 3, 5, 5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "make --count 3           |",
        "make --count x           | Invalid value for option '--count'",
        "make                     | Missing required option: '--count=<count>'",
        "mak --count 3            | Unmatched arguments",
        "make --count 3 --size 2  | Unknown options: '--size', '2'",
        "make [--count N] [-x]    |",
        "make --size [N]          | no option --size",
        "make [--count N] file    | no argument file",
        "make FILE: …             |",
      })
  void shouldReadArgumentsAsTheProgramDoes(String arguments, String fault) {
    // given
    ShellCommand command = command("bash " + arguments);
    // when
    Optional<String> found =
        new CommandLineChecker(new CommandLine(new SampleProgram()))
            .fault(command, command.from(1), true);
    // then
    if (fault == null) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found).hasValueSatisfying(text -> assertThat(text).startsWith(fault));
    }
  }

  private Optional<String> faultOf(String line) {
    ShellCommand command = command(line);
    return Stream.of(
            files.fault(command), jars.fault(command), maven.fault(command), curl.fault(command))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static ShellCommand command(String line) {
    return commands("    " + line + "\n").get(0);
  }

  private static List<ShellCommand> commands(String text) {
    Path path = ProjectFiles.root().resolve("sample.md");
    return ShellCommands.of(MarkdownText.of(path, text.lines().toList()));
  }

  @Command(name = "sample", subcommands = SampleSubcommand.class)
  static final class SampleProgram {}

  @Command(name = "make")
  static final class SampleSubcommand implements Callable<Integer> {
    @Option(names = "--count", required = true)
    int count;

    @Option(names = "-x")
    boolean flag;

    @Override
    public Integer call() {
      return 0;
    }
  }
}
