package io.stillstream.local.command;

import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.local.data.SyntheticScenes;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.values.ByteArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stillstream scenes}. */
@Command(
    name = "scenes",
    header = "Makes images with masks.",
    description = {
      "Writes synthetic scenes of 64 x 64 pixels, as those of demo --task segmentation, with a mask",
      "for each: DIR/images/*.png and DIR/masks/*.png. The same options give the same files."
    },
    footer = "  stillstream scenes scenes/ --count 200 --seed 7")
public final class ScenesCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "A new or an empty directory.")
  private Path directory = Path.of(".");

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Scenes; default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Any whole number; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--part",
      paramLabel = "PART",
      defaultValue = "train",
      description =
          "Whose garments: train or test, the training or the test part of the data set; default:"
              + " ${DEFAULT-VALUE}.")
  private Split part = Split.TRAIN;

  @Option(
      names = "--dataset",
      paramLabel = "DIR",
      description = "Garments, as idx files; default: the bundled Fashion-MNIST subset.")
  private Optional<Path> dataset = Optional.empty();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    LogDestination.toConsole();
    if (count < 1) {
      throw new StartupException("--count must be at least 1, was " + count);
    }
    Path garments =
        dataset.orElseGet(
            () ->
                Path.of(System.getProperty("stillstream.home", ""))
                    .resolve("deploy/data/fashion-mnist"));
    SyntheticScenes scenes =
        new SyntheticScenes(IdxLabeledImages.load(garments, part), seed, count);
    Path images = empty(directory.resolve("images"));
    Path masks = empty(directory.resolve("masks"));
    TerminalWriter err = TerminalWriter.of(spec.commandLine().getErr());
    try (TaskProgress progress = new TaskProgress(err, "scenes", System::nanoTime)) {
      for (int i = 0; i < count; i++) {
        String name = String.format("%06d.png", i);
        Files.write(
            masks.resolve(name), ByteArrays.copyOf(MaskCodec.encode(scenes.mask(i).orElseThrow())));
        Files.write(images.resolve(name), scenes.file(i));
        progress.update(i + 1, count);
      }
    } catch (IOException e) {
      throw new CommandFailedException(directory + " cannot be written: " + e, e);
    }
    spec.commandLine().getOut().printf("%,d scenes in %s%n", count, directory);
    spec.commandLine().getOut().flush();
    return ExitCodes.OK;
  }

  private static Path empty(Path folder) {
    try {
      Files.createDirectories(folder);
      try (Stream<Path> entries = Files.list(folder)) {
        if (entries.findAny().isPresent()) {
          throw new StartupException(folder + " is not empty");
        }
      }
      return folder;
    } catch (IOException e) {
      throw new StartupException(folder + " cannot be written: " + e, e);
    }
  }
}
