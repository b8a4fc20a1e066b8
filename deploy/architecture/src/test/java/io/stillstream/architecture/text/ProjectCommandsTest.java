package io.stillstream.architecture.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * The commands in the project's texts: what they name is there. The arguments of {@code
 * stillstream} are checked where its commands are, in {@code deploy/local} and {@code
 * deploy/bench}.
 */
final class ProjectCommandsTest {

  @Test
  void shouldFindTheCommandsOfTheFrontPage() throws Exception {
    assertThat(ShellCommands.ofProject())
        .extracting(ShellCommand::toString)
        .anyMatch(command -> command.matches("README\\.md:\\d+: bash deploy/stillstream demo .*"))
        .anyMatch(command -> command.contains("java -jar deploy/page/target/page-service.jar"))
        .anyMatch(command -> command.contains("curl --data-binary @photo.jpg"))
        .anyMatch(command -> command.endsWith("mvn -B -ntp verify -Dquick"))
        .hasSizeGreaterThan(100);
  }

  @Test
  void shouldNameFilesThatAreThere() throws Exception {
    assertThat(faults(new CommandFiles(ProjectFiles.root())::fault)).isEmpty();
  }

  @Test
  void shouldNameFilesThatAreThereInSentences() throws Exception {
    // given
    CommandFiles files = new CommandFiles(ProjectFiles.root());
    // when
    List<String> missing = new ArrayList<>();
    for (MarkdownText text : ProjectFiles.markdown()) {
      for (TextLine span : text.codeSpans()) {
        if (files.isMissing(span.text())) {
          missing.add(ProjectFiles.name(text.path()) + ":" + span.number() + ": " + span.text());
        }
      }
    }
    // then
    assertThat(missing).isEmpty();
  }

  @Test
  void shouldStartJarsThatTheBuildMakes() throws Exception {
    assertThat(faults(new JarCommands()::fault)).isEmpty();
  }

  @Test
  void shouldCallMavenWithWhatTheBuildKnows() throws Exception {
    assertThat(faults(new MavenCommands()::fault)).isEmpty();
  }

  @Test
  void shouldAskPathsThatServicesAnswer() throws Exception {
    assertThat(faults(new CurlCommands()::fault)).isEmpty();
  }

  private static List<String> faults(Function<ShellCommand, Optional<String>> check)
      throws Exception {
    List<String> faults = new ArrayList<>();
    for (ShellCommand command : ShellCommands.ofProject()) {
      check.apply(command).ifPresent(fault -> faults.add(command + ": " + fault));
    }
    return faults;
  }
}
