package io.stillstream.local.label;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.ImageLabel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sends labels, and returns when the broker has all of them. */
public final class LabelRun {
  private static final int MOST_TOLD = 10;

  private final Map<String, String> kafka;
  private final String topic;
  private final MeterRegistry meters;

  /**
   * @param kafka settings of clients and serializer
   */
  public LabelRun(Map<String, String> kafka, String topic, MeterRegistry meters) {
    this.kafka = kafka;
    this.topic = topic;
    this.meters = meters;
  }

  /** How many labels the broker has taken, and how many lines were left out. */
  public record Result(long sent, long skipped) {}

  /** How many lines of a file are good, and how many are bad, with the first problems. */
  private static final class Inspection {
    private final List<String> told = new ArrayList<>();
    private long good;
    private long bad;

    void note(String problem) {
      bad++;
      if (told.size() < MOST_TOLD) {
        told.add(problem);
      }
    }
  }

  /** Sends one. */
  public void one(ImageLabel label) {
    try (ImageLabelSender sender = new ImageLabelSender(kafka, topic, meters)) {
      sender.send(label);
      sender.flush();
    }
  }

  /**
   * Sends those of a CSV file, which is read to its end before.
   *
   * @param source of the lines that name none
   * @param now when the lines were labelled that do not say it
   * @param skipBadLines whether a bad line is only left out
   * @param progress is told of progress and of lines left out
   * @throws StartupException if the file cannot be read, has no label, or a line is bad; then
   *     nothing is sent
   */
  public Result csv(
      Path file,
      ClassNames classes,
      String source,
      Instant now,
      boolean skipBadLines,
      TaskProgress progress) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new StartupException("--csv %s: must be a file, as it is read twice".formatted(file));
    }
    ImageLabelCsv csv = new ImageLabelCsv(file, classes, source, now);
    Inspection lines = new Inspection();
    csv.read(label -> lines.good++, lines::note);
    requireGood(file, lines, skipBadLines);
    try (ImageLabelSender sender = new ImageLabelSender(kafka, topic, meters)) {
      long[] done = {0};
      csv.read(
          label -> {
            sender.send(label);
            done[0]++;
            progress.update(done[0], lines.good);
          },
          problem -> {
            if (!skipBadLines) {
              throw changed(file, problem);
            }
            progress.warn("skipped", " " + problem);
          });
      sender.flush();
      if (done[0] != lines.good) {
        throw changed(file, "%d labels of %d were left".formatted(done[0], lines.good));
      }
      return new Result(sender.acknowledged(), lines.bad);
    } finally {
      progress.clear();
    }
  }

  private static CommandFailedException changed(Path file, String how) {
    return new CommandFailedException(file + " has changed while it was read: " + how);
  }

  private static void requireGood(Path file, Inspection lines, boolean skipBadLines) {
    if (lines.bad > 0 && !skipBadLines) {
      String rest =
          lines.bad > lines.told.size()
              ? "\n  and %d more lines".formatted(lines.bad - lines.told.size())
              : "";
      throw new StartupException(
          String.join("\n  ", lines.told)
              + rest
              + "\n  nothing was sent; --skip-bad-lines leaves bad lines out");
    }
    if (lines.good == 0) {
      throw new StartupException(
          "--csv %s: has no label%s"
              .formatted(file, lines.bad == 0 ? "" : ", " + lines.told.get(0)));
    }
  }
}
