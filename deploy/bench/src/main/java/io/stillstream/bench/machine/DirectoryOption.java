package io.stillstream.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option of commands whose files one may want to look at afterwards. */
public final class DirectoryOption {
  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where to write, a directory that does not exist and stays; default a temporary one.")
  private Optional<Path> directory = Optional.empty();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** What is done in the directory. */
  @FunctionalInterface
  public interface Work {
    /**
     * @param directory may not exist yet
     */
    void run(Path directory) throws IOException;
  }

  /** Refuses a directory that exists. */
  public void validate() {
    if (directory.filter(Files::exists).isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "--directory must not exist, was " + directory.get());
    }
  }

  /** Works in the directory, or in a temporary one that is deleted then. */
  public void run(Work work) throws IOException {
    if (directory.isPresent()) {
      work.run(directory.get());
      return;
    }
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      work.run(scratch.path());
    }
  }
}
