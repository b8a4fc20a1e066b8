package io.stillstream.architecture.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether files that commands name are in the project. What a build makes is not. */
final class CommandFiles {
  private static final Pattern PATH = Pattern.compile("[\\w.-]+(/[\\w.*-]+)+/?");
  private static final Pattern BUILT = Pattern.compile("(.*/)?(target|node_modules)(/.*)?");

  private final Path root;
  private final Set<String> directories;

  CommandFiles(Path root) {
    this.root = root;
    try (Stream<Path> entries = Files.list(root)) {
      directories =
          entries
              .filter(Files::isDirectory)
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !name.equals("target"))
              .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<String> fault(ShellCommand command) {
    if (command.startsWith("bash") && !Files.isRegularFile(resolve(command, 1))) {
      return Optional.of("no script");
    }
    return command.words().stream()
        .flatMap(word -> Stream.of(word.split("=", 2)))
        .filter(this::isMissing)
        .findFirst()
        .map(word -> word + " is not there");
  }

  private Path resolve(ShellCommand command, int word) {
    Path fromRoot = root.resolve(command.words().get(word));
    return Files.exists(fromRoot)
        ? fromRoot
        : command.file().resolveSibling(command.words().get(word));
  }

  /**
   * Whether a word looks like a path below a directory of the project, and there is no such file.
   */
  boolean isMissing(String word) {
    return PATH.matcher(word).matches()
        && directories.contains(word.split("/", 2)[0])
        && !BUILT.matcher(word).matches()
        && !exists(word);
  }

  private boolean exists(String word) {
    int wildcard = word.indexOf('*');
    return wildcard < 0
        ? Files.exists(root.resolve(word))
        : Files.exists(root.resolve(word.substring(0, word.lastIndexOf('/', wildcard))));
  }
}
