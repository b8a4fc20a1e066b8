package io.stillstream.local.policy.tune;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.policy.Policy;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A policy that was found, and what was measured of it on images that the search has not seen.
 *
 * @param policy the policy, spelled like the one it comes from
 * @param rows one for each operation that could be made weaker
 * @param before the whole of the given policy
 * @param after the whole of the policy that was found
 * @param untouched paths of operations that were left as they are
 * @param sizes of the sample
 */
public record TunedPolicy(
    JsonNode policy,
    List<Row> rows,
    AnswerAgreement before,
    AnswerAgreement after,
    List<String> untouched,
    Sizes sizes) {

  /**
   * An operation.
   *
   * @param path where it stands in the policy
   * @param changes of its settings, as in {@code degrees 15 -> 5}
   * @param before what it costs alone as it was given
   * @param after what it costs alone as it was found
   */
  record Row(String path, List<String> changes, AnswerAgreement before, AnswerAgreement after) {}

  /**
   * Numbers of images.
   *
   * @param search those that the search has used
   * @param heldOut those that the figures are from
   * @param unusable those that could not be read
   */
  public record Sizes(int search, int heldOut, int unusable) {}

  /** The policy's hash. */
  public String hash() {
    return Policy.parse(policy).hash();
  }

  /**
   * What was found, as a document: hash and file of the policy, and what was measured.
   *
   * @param file that the policy is written to
   */
  public Map<String, Object> document(Path file) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("policy", hash());
    fields.put("file", file.toString());
    fields.put("before", before);
    fields.put("after", after);
    fields.put("operations", rows);
    fields.put("untouched", untouched);
    fields.put("images", sizes);
    return fields;
  }

  /**
   * The policy file: comments, and the policy below them.
   *
   * @param origin lines that say where policy, teacher and images are from
   * @param keep what was asked for, 0 to 1
   */
  public String file(List<String> origin, double keep) {
    List<String> comments = new ArrayList<>(origin);
    comments.add(
        String.format(
            Locale.ROOT,
            "images: %,d for the search, %,d others for the figures, %d views of each",
            sizes.search(),
            sizes.heldOut(),
            TeacherMeter.VIEWS));
    comments.add(
        String.format(
            Locale.ROOT, "asked for: %s %% of the teacher's answer is kept", percent(keep)));
    comments.add("measured, with the 95 % interval: " + measured(after));
    comments.add("the given policy: " + measured(before));
    return PolicyYaml.write(comments, policy);
  }

  /**
   * The table for users.
   *
   * @param keep what was asked for, 0 to 1
   */
  public List<String> lines(double keep) {
    List<String[]> cells = new ArrayList<>();
    cells.add(
        new String[] {"operation alone", "setting", "answer kept (overlap)", "same class", "KL"});
    for (Row row : rows) {
      List<String> changes = row.changes().isEmpty() ? List.of("unchanged") : row.changes();
      cells.add(cells(row.path(), changes.get(0), row.before(), row.after()));
      changes.stream().skip(1).forEach(change -> cells.add(new String[] {"", change, "", "", ""}));
    }
    cells.add(cells("whole policy", "", before, after));
    List<String> lines = new ArrayList<>(aligned(cells));
    untouched.forEach(path -> lines.add(path + ": left as it is"));
    if (after.upper() < keep) {
      lines.add(
          "on images that the search has not seen less than %s %% is kept: try a larger --sample"
              .formatted(percent(keep)));
    }
    return lines;
  }

  private static String[] cells(
      String name, String change, AnswerAgreement before, AnswerAgreement after) {
    return new String[] {
      name,
      change,
      before.interval() + " -> " + after.interval(),
      String.format(
          Locale.ROOT, "%.1f %% -> %.1f %%", 100 * before.sameClass(), 100 * after.sameClass()),
      String.format(Locale.ROOT, "%.3f -> %.3f", before.divergence(), after.divergence())
    };
  }

  private static List<String> aligned(List<String[]> rows) {
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private static String measured(AnswerAgreement agreement) {
    return String.format(
        Locale.ROOT,
        "%s of the answer is kept, the same class on %.1f %% of views, KL %.3f",
        agreement.interval(),
        100 * agreement.sameClass(),
        agreement.divergence());
  }

  static String percent(double share) {
    return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString();
  }
}
