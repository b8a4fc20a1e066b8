package io.stillstream.local.trace;

import io.stillstream.trainer.trace.ImageTrace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A trace as lines of text. */
public final class TraceReport {
  private static final String ROW = "%-11s%s";
  private static final String INNER = "  %-9s%s";
  private static final int SHORT = 12;

  private final List<String> lines = new ArrayList<>();

  private TraceReport() {}

  /** The lines. */
  public static List<String> lines(ImageTrace trace) {
    TraceReport text = new TraceReport();
    text.image(trace);
    trace.views().forEach(text::view);
    text.rest(trace);
    return text.lines;
  }

  private void image(ImageTrace trace) {
    row("image", trace.imageId());
    row("task", trace.task());
    ImageTrace.RawImage raw = trace.raw();
    if (raw == null) {
      row("origin", "not known");
    } else if (raw.why() != null) {
      row("origin", raw.why());
    } else {
      row(
          "origin",
          "%s, %s%s, captured %s%s"
              .formatted(
                  at(raw.topic(), raw.partition(), raw.offset()),
                  raw.contentType(),
                  raw.bytes() == null ? "" : ", " + raw.bytes() + " bytes",
                  time(raw.capturedAt()),
                  raw.label() == null ? "" : ", label " + raw.label()));
      if (raw.uri() != null) {
        row("object", raw.uri());
      }
    }
    for (ImageTrace.LabelInfo label : trace.labels()) {
      row(
          "label",
          "%s, given by %s at %s, %s"
              .formatted(
                  label.label() == null ? "a mask" : label.label(),
                  label.source(),
                  time(label.labeledAt()),
                  at(label.topic(), label.partition(), label.offset())));
    }
  }

  private void view(ImageTrace.ViewTrace view) {
    lines.add("");
    row("view " + view.index(), at(view.topic(), view.partition(), view.offset()));
    String name = "recipe";
    for (String line : view.recipe().lines().toList()) {
      inner(name, line);
      name = "";
    }
    if (view.mix() != null) {
      ImageTrace.MixSource mix = view.mix();
      inner("partner", mix.imageId() + ", " + at(mix.topic(), mix.partition(), mix.offset()));
    }
    inner("seed", view.seed() + ", policy " + brief(view.policyHash()));
    inner("made", time(view.augmentedAt()));
    if (view.label() != null) {
      inner("label", view.label());
    }
    if (view.mask() != null) {
      inner("mask", texts(view.mask().shares()));
    }
    if (view.labeledAt() != null) {
      inner("labelled", time(view.labeledAt()));
    }
    for (ImageTrace.TeacherInfo teacher : view.teachers()) {
      inner(
          "teacher",
          "%s %s, sha256 %s, weight %s"
              .formatted(
                  teacher.name(), teacher.version(), brief(teacher.sha256()), teacher.weight()));
    }
    answer(view);
    step(view);
  }

  private void answer(ImageTrace.ViewTrace view) {
    if (view.logits() != null) {
      inner("says", texts(view.top()));
      inner("logits", numbers("%.3f", view.logits()));
    }
    if (view.teacherMask() != null) {
      inner("says", texts(view.teacherMask().shares()));
    }
    if (view.embedding() != null) {
      inner(
          "says",
          String.format(
              Locale.ROOT,
              "embedding of %d dimensions, norm %.3f",
              view.embedding().dimensions(),
              view.embedding().norm()));
    }
  }

  private void step(ImageTrace.ViewTrace view) {
    ImageTrace.TrainedBatch step = view.step();
    if (step != null) {
      inner(
          "steps",
          "%d to %d, the first on this view among %d fresh ones; epoch %d, rate %s, loss %s"
              .formatted(
                  step.first(),
                  step.last(),
                  step.views(),
                  step.epoch(),
                  step.rate(),
                  numbers("%.4f", step.loss())));
    }
    if (view.why() != null) {
      inner(step == null ? "steps" : "but", view.why());
    }
  }

  private void rest(ImageTrace trace) {
    lines.add("");
    if (trace.releases().isEmpty() && !trace.views().isEmpty()) {
      row("release", "none yet");
    }
    for (ImageTrace.ReleaseInfo release : trace.releases()) {
      row(
          "release",
          "%d, made as %s after step %d, %s%s%s"
              .formatted(
                  release.version(),
                  release.alias(),
                  release.step(),
                  time(release.created()),
                  release.current() ? ", served now" : "",
                  release.contains() == null
                      ? ""
                      : release.contains() ? ": in it" : ": not in it"));
    }
    for (ImageTrace.DeadLetterInfo letter : trace.deadLetters()) {
      row(
          "rejected",
          "%s %s, %s: %s: %s%s"
              .formatted(
                  time(letter.time()),
                  letter.service(),
                  letter.stage(),
                  letter.reason(),
                  letter.message(),
                  letter.topic() == null
                      ? ""
                      : " (" + at(letter.topic(), letter.partition(), letter.offset()) + ")"));
    }
    trace.notes().forEach(note -> row("note", note));
  }

  private void row(String name, String value) {
    lines.add(ROW.formatted(name, value).stripTrailing());
  }

  private void inner(String name, String value) {
    lines.add(INNER.formatted(name, value).stripTrailing());
  }

  private static String texts(List<ImageTrace.ClassScore> scores) {
    return scores.stream().map(TraceReport::text).collect(Collectors.joining(", "));
  }

  private static String text(ImageTrace.ClassScore guess) {
    return String.format(Locale.ROOT, "%s %.1f %%", guess.name(), 100 * guess.p());
  }

  private static String numbers(String format, List<? extends Number> numbers) {
    return numbers.stream()
        .map(number -> String.format(Locale.ROOT, format, number.doubleValue()))
        .collect(Collectors.joining(" "));
  }

  private static String at(String topic, int partition, long offset) {
    return topic + "-" + partition + "@" + offset;
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  private static String brief(String hash) {
    return hash.substring(0, Math.min(SHORT, hash.length()));
  }
}
