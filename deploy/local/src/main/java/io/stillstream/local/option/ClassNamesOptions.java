package io.stillstream.local.option;

import io.stillstream.local.label.ClassNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of a command that name the classes of the models. */
public final class ClassNamesOptions {
  @Option(
      names = "--student",
      paramLabel = "DIR",
      description = "Model directory whose description names the classes.")
  private Optional<Path> student = Optional.empty();

  @Option(
      names = "--classes",
      split = ",",
      paramLabel = "NAME",
      description = "Names of the classes, in the order of their indices.")
  private List<String> classes = new ArrayList<>();

  /**
   * The names; none without these options.
   *
   * @throws io.stillstream.runtime.config.StartupException if both are given, or are wrong
   */
  public ClassNames names() {
    return ClassNames.of(student, classes);
  }
}
