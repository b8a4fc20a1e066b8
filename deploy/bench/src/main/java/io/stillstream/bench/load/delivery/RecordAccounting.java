package io.stillstream.bench.load.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What was sent against what came of it.
 *
 * @param sent images
 * @param bad of them
 * @param missing views and labels that did not come
 * @param doubled views and labels that came too often, or of bad images
 * @param misjudged good images with a dead letter, and bad ones without one or with several
 * @param unknown records of this run that were never sent
 * @param wanted dead letters by the reason that they have to have
 * @param found dead letters by reason
 */
public record RecordAccounting(
    long sent,
    long bad,
    long missing,
    long doubled,
    long misjudged,
    long unknown,
    Map<String, Long> wanted,
    Map<String, Long> found) {

  /** What is not as it has to be; empty when all is. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    problem(problems, missing, "views or labels are missing");
    problem(problems, doubled, "views or labels are there too often");
    problem(problems, misjudged, "images are in dead letters though good, or not once though bad");
    problem(problems, unknown, "records are of images that were never sent");
    if (!wanted.equals(found)) {
      problems.add("dead letters should be " + wanted + ", are " + found);
    }
    return problems;
  }

  private static void problem(List<String> problems, long count, String what) {
    if (count != 0) {
      problems.add(count + " " + what);
    }
  }
}
