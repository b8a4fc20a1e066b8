package io.stillstream.architecture.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether {@code java -jar} names a service's jar, and options that services have. */
final class JarCommands {
  private static final Pattern JAR = Pattern.compile("(?:(.+)/)?target/([\\w-]+)\\.jar");
  private static final Set<String> OPTIONS = Set.of("--config", "--help", "--version");

  Optional<String> fault(ShellCommand command) {
    if (!command.startsWith("java", "-jar") || command.isSynopsis()) {
      return Optional.empty();
    }
    Matcher jar = JAR.matcher(command.words().get(2));
    if (!jar.matches() || !isMade(module(command, jar.group(1)), jar.group(2))) {
      return Optional.of("no module makes this jar");
    }
    List<String> options =
        command.from(3).stream()
            .filter(word -> word.startsWith("-") && !OPTIONS.contains(word))
            .toList();
    return options.isEmpty() ? Optional.empty() : Optional.of("no options " + options);
  }

  /** A module's README may be read in the module's directory. */
  private static Path module(ShellCommand command, String directory) {
    return directory == null ? command.file().getParent() : ProjectFiles.root().resolve(directory);
  }

  private static boolean isMade(Path module, String name) {
    Path pom = module.resolve("pom.xml");
    try {
      return Files.exists(pom)
          && Files.readString(pom).contains("<finalName>" + name + "</finalName>");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
