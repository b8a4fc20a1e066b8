package io.stillstream.local.command;

import io.stillstream.local.erasure.ErasureScan;
import io.stillstream.local.option.JsonOption;
import io.stillstream.schemas.StudentEvent;
import java.io.PrintWriter;

/** What {@code forget} says of each place where an image may be: lines, or JSON. */
final class ErasureReport {
  private final PrintWriter out;
  private final boolean json;

  ErasureReport(PrintWriter out, JsonOption json) {
    this.out = out;
    this.json = json.isGiven();
  }

  /**
   * A place as JSON has it.
   *
   * @param place its kind: asked, trainer, topic, store, object, weights, files or withdrawn
   * @param name which one of that kind; null if there is but one
   * @param text in words
   */
  private record Place(String place, String name, String text) {}

  /** Of the only place of a kind. */
  void say(String place, String text) {
    if (json) {
      JsonOption.print(out, new Place(place, null, text));
    } else {
      out.println("%-9s %s".formatted(place, text));
    }
  }

  /** Of one of several places of a kind. */
  void say(String place, String name, String text) {
    if (json) {
      JsonOption.print(out, new Place(place, name, text));
    } else {
      out.println("%-9s %s: %s".formatted(place, name, text));
    }
  }

  /**
   * What a trainer has answered.
   *
   * @param answer null if there was none
   * @param wait how long it had, in seconds
   */
  static String answer(StudentEvent answer, int wait) {
    if (answer == null) {
      return "no answer within "
          + wait
          + " s; a trainer that is stopped removes it when it starts, before it trains";
    }
    String unknown = answer.getDetails().getOrDefault("unknown_views", "0");
    return "removed %s views at step %d; its buffer and its checkpoints hold none, none is let in"
            .formatted(answer.getDetails().get("views"), answer.getStep())
        + (unknown.equals("0")
            ? ""
            : ". But %s views are from before views said of which image they are: they may be"
                    .formatted(unknown)
                + " among them, and leave as others come");
  }

  /** How many records of a topic the image is in. */
  static String count(ErasureScan holding) {
    return "%d records%s"
        .formatted(
            holding.own(),
            holding.mixed() == 0
                ? ""
                : " and " + holding.mixed() + " of others that it is mixed into");
  }
}
