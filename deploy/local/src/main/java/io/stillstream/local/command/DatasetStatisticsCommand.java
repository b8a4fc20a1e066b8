package io.stillstream.local.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.local.data.DataSet;
import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.local.data.PixelStatistics;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.ingest.SendableFileFilter;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.terminal.MessageStyle;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stillstream dataset-statistics}. */
@Command(
    name = "dataset-statistics",
    header = "Computes mean and deviation of a data set.",
    description = {
      "Computes mean and standard deviation of each channel over the training part of a data set,",
      "and prints them as they stand in a model's description. Exit code 3: some files were skipped."
    },
    footer = {
      "  stillstream dataset-statistics photos/ --size 32x32",
      "  stillstream dataset-statistics deploy/data/fashion-mnist --json"
    })
public final class DatasetStatisticsCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

  @Parameters(
      paramLabel = "DIR",
      description = "Idx files, or a folder of pictures for each class, as for demo --dataset.")
  private Path directory = Path.of(".");

  @Option(
      names = "--size",
      paramLabel = "HxW",
      description =
          "Height and width that the model takes; pictures are brought to it first. Default: the"
              + " size of an idx file's images; needed for folders.")
  private Optional<String> size = Optional.empty();

  @Option(
      names = "--channels",
      paramLabel = "C",
      description = "1 (grey) or 3 (RGB); default: 1 for idx files, 3 for folders.")
  private Optional<Integer> channels = Optional.empty();

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec;

  /**
   * What {@code --json} prints.
   *
   * @param images that were counted
   * @param skipped files that were not
   * @param mean of each channel, of pixels from 0 to 1
   * @param std of each channel
   * @param classes empty where the data set does not name them
   */
  private record Document(
      int images,
      int skipped,
      int height,
      int width,
      int channels,
      List<Object> mean,
      List<Object> std,
      List<String> classes) {}

  @Override
  public Integer call() throws JsonProcessingException {
    LogDestination.toConsole();
    DataSet data = DataSet.open(directory, SendableFileFilter::isSendable);
    LabeledImages images = data.images(Split.TRAIN, data.classes());
    int depth = channels.orElse(data.channels().orElse(3));
    if (depth != 1 && depth != 3) {
      throw new StartupException("--channels must be 1 or 3, was " + depth);
    }
    List<Integer> sides = size.map(DatasetStatisticsCommand::sides).orElseGet(data::size);
    if (sides.isEmpty()) {
      throw new StartupException(
          "--size is needed for folders of pictures: what counts is what the model sees");
    }
    PixelStatistics statistics = new PixelStatistics(depth);
    int skipped = data.unusableFiles().size();
    data.unusableFiles()
        .forEach(file -> skip(file.toString(), "no picture, or too large for a record"));
    FixedShapeResizer fit =
        new FixedShapeResizer(sides.get(0), sides.get(1), depth, PixelCodec.MAX_PIXELS);
    int counted = 0;
    try (TaskProgress progress = new TaskProgress(err(), "images", System::nanoTime)) {
      for (int i = 0; i < images.size(); i++) {
        try {
          statistics.add(images.pixels(i, fit));
          counted++;
        } catch (InvalidImageException | UncheckedIOException e) {
          progress.clear();
          skip(images.name(i), e.getMessage());
          skipped++;
        }
        progress.update(i + 1, images.size());
      }
    }
    if (counted == 0) {
      throw new CommandFailedException("there is no picture in the training part of " + directory);
    }
    if (json.isGiven()) {
      JsonOption.print(
          spec.commandLine().getOut(),
          new Document(
              counted,
              skipped,
              sides.get(0),
              sides.get(1),
              depth,
              values(depth, statistics::mean),
              values(depth, statistics::std),
              data.classes()));
    } else {
      print(data, sides, depth, counted, statistics);
    }
    return skipped == 0 ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  private void print(
      DataSet data, List<Integer> sides, int depth, int counted, PixelStatistics statistics)
      throws JsonProcessingException {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(Locale.ROOT, "# of %,d training images in %s%n", counted, directory);
    out.printf("input:%n  height: %d%n  width: %d%n", sides.get(0), sides.get(1));
    out.printf("  channels: %d%n  type: float%n", depth);
    out.printf(
        "  mean: %s%n  std: %s%n", list(depth, statistics::mean), list(depth, statistics::std));
    if (!data.classes().isEmpty()) {
      // A list in JSON is one in YAML, whatever is in the names.
      out.printf("classes: %s%n", new ObjectMapper().writeValueAsString(data.classes()));
    }
    out.flush();
  }

  private static String list(int depth, IntFunction<Object> value) {
    return values(depth, value).toString();
  }

  private static List<Object> values(int depth, IntFunction<Object> value) {
    return IntStream.range(0, depth).mapToObj(value).toList();
  }

  private static List<Integer> sides(String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches() || size.startsWith("0") || size.contains("x0")) {
      throw new StartupException("--size must be HEIGHTxWIDTH in pixels, was " + size);
    }
    return List.of(Integer.valueOf(matcher.group(1)), Integer.valueOf(matcher.group(2)));
  }

  private void skip(String name, String reason) {
    err().println(MessageStyle.WARNING, "skipped", " " + name + ": " + reason);
  }

  private TerminalWriter err() {
    return TerminalWriter.of(spec.commandLine().getErr());
  }
}
