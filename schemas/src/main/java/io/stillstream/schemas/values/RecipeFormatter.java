package io.stillstream.schemas.values;

import io.stillstream.schemas.Box;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.Operation;
import io.stillstream.schemas.Recipe;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Formats a recipe for a caption: the names of its operations and their values, rounded to three
 * digits; pairs of height and width as one size. Not exact enough for a replay.
 */
public final class RecipeFormatter {
  private static final double LARGE = 1e7;

  private RecipeFormatter() {}

  /** One text for each operation, what was mixed in last; "as it is" for a recipe without any. */
  public static List<String> lines(Recipe recipe) {
    List<String> lines = new ArrayList<>();
    recipe.getOperations().forEach(operation -> lines.add(text(operation)));
    if (lines.isEmpty()) {
      lines.add("as it is");
    }
    if (recipe.getMix() != null) {
      addMix(recipe.getMix(), lines);
    }
    return lines;
  }

  private static void addMix(Mix mix, List<String> lines) {
    String where = "";
    if (mix.getBox() != null) {
      Box box = mix.getBox();
      where =
          " %dx%d top=%d left=%d"
              .formatted(box.getHeight(), box.getWidth(), box.getTop(), box.getLeft());
    }
    lines.add(mix.getKind() + " lambda=" + number(mix.getLambda()) + where);
    lines.add("with " + mix.getPartnerImageId() + scale(mix.getPartnerDecodeScale()));
    mix.getPartnerOperations().forEach(operation -> lines.add("  " + text(operation)));
  }

  /** " at 1/4" where a file was decoded at a quarter; nothing at full scale. */
  public static String scale(int decodeScale) {
    return decodeScale == 1 ? "" : " at 1/" + decodeScale;
  }

  /** One operation. */
  static String text(Operation operation) {
    Map<String, Double> values = new TreeMap<>(operation.getParameters());
    String sizes = size(values, "", "") + size(values, "out_", "to ");
    if (values.size() == 1 && sizes.isEmpty()) {
      return operation.getName() + " " + number(values.values().iterator().next());
    }
    return operation.getName()
        + sizes
        + values.entrySet().stream()
            .map(value -> " " + value.getKey() + "=" + number(value.getValue()))
            .collect(Collectors.joining());
  }

  private static String size(Map<String, Double> values, String prefix, String word) {
    if (!values.containsKey(prefix + "height") || !values.containsKey(prefix + "width")) {
      return "";
    }
    String height = number(values.remove(prefix + "height"));
    return " " + word + height + "x" + number(values.remove(prefix + "width"));
  }

  private static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < LARGE) {
      return Long.toString((long) value);
    }
    // Any client can write records, and these values have no decimal form.
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    BigDecimal rounded = new BigDecimal(value, new MathContext(3)).stripTrailingZeros();
    return Math.abs(value) < LARGE && Math.abs(value) >= 1e-4
        ? rounded.toPlainString()
        : String.format(Locale.ROOT, "%.2e", value);
  }
}
