package io.stillstream.local.command.policy;

import io.stillstream.augmenter.policy.Policy;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.OutputFile;
import io.stillstream.local.preview.ImageFile;
import io.stillstream.local.preview.PolicyLoader;
import io.stillstream.local.preview.PolicyPreview;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.image.PixelCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stillstream preview}. */
@Command(
    name = "preview",
    header = "Draws the views that a policy makes of an image.",
    description = {
      "Draws a contact sheet: images and the views that a policy makes of them, each with its recipe.",
      "The same policy, seed and images give the same file."
    },
    footer = {
      "  stillstream preview --policy fashion-mnist-mild --image cat.jpg --out cat.png",
      "  stillstream preview --policy deploy/config/augmenter.yaml --image cat.jpg \\",
      "      --image dog.jpg --views 12 --out views.png"
    })
public final class PreviewCommand implements Callable<Integer> {
  private static final int MAX_VIEWS = 1_000;
  private static final int MAX_COLUMNS = 100;

  @Option(
      names = "--policy",
      required = true,
      paramLabel = "NAME|FILE",
      description = "A ready-made policy, a policy file, or an augmenter's settings.")
  private String policy = "";

  @Option(
      names = "--image",
      required = true,
      paramLabel = "FILE",
      description = "JPEG, PNG, WebP, BMP or GIF; may be given several times.")
  private List<Path> images = List.of();

  @Option(
      names = "--mask",
      paramLabel = "FILE",
      description =
          "Classes of the image's pixels, drawn over it and its views: a grey PNG of the same size,"
              + " 255 for none. The first is of the first image, and so on.")
  private List<Path> masks = List.of();

  @Option(
      names = "--partner",
      paramLabel = "FILE",
      description =
          "What is mixed in where the policy mixes; default: each image's next, the first for the"
              + " last.")
  private Optional<Path> partner = Optional.empty();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Where the sheet goes, as PNG.")
  private Path out = Path.of("sheet.png");

  @Option(
      names = "--views",
      paramLabel = "N",
      defaultValue = "24",
      description = "Views of each image, the first one the original; default: ${DEFAULT-VALUE}.")
  private int views;

  @Option(names = "--seed", paramLabel = "N", description = "In place of the policy's seed.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--columns",
      paramLabel = "N",
      description = "Cells in a row; default: as many as make a good shape.")
  private int columns;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    LogDestination.toConsole();
    require("--views", views, 1, MAX_VIEWS);
    require("--columns", columns, 0, MAX_COLUMNS);
    new OutputFile(out).requireWritable();
    Policy read = PolicyLoader.read(policy, System.getenv());
    List<ImageFile> files = files();
    Optional<ImageFile> second = partner.map(ImageFile::read);
    byte[] png;
    try (PolicyPreview preview =
        new PolicyPreview(
            read.withSeedAndViews(seed.orElse(read.seed()), views),
            name(),
            PixelCodec.MAX_PIXELS)) {
      png = preview.draw(files, second, columns).png();
    }
    try {
      Files.write(out, png);
    } catch (IOException e) {
      throw new CommandFailedException(out + " cannot be written: " + e, e);
    }
    spec.commandLine()
        .getOut()
        .printf("%d views of %d image(s) in %s%n", views * files.size(), files.size(), out);
    if (read.mixesImages() && second.isEmpty() && files.size() == 1) {
      spec.commandLine()
          .getErr()
          .println("the policy mixes images: without --partner or a second --image nothing is");
    }
    return ExitCodes.OK;
  }

  private List<ImageFile> files() {
    if (masks.size() > images.size()) {
      throw new StartupException(
          "--mask is given %d times, --image %d times".formatted(masks.size(), images.size()));
    }
    List<ImageFile> files = new ArrayList<>();
    for (Path image : images) {
      ImageFile file = ImageFile.read(image);
      files.add(files.size() < masks.size() ? file.withMask(masks.get(files.size())) : file);
    }
    return files;
  }

  /** In the heading: without the folders, which would make the same sheet differ. */
  private String name() {
    return Path.of(policy).getFileName().toString();
  }

  private static void require(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new StartupException(
          "%s must be from %d to %d, was %d".formatted(name, min, max, value));
    }
  }
}
