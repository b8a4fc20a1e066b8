package io.stillstream.labeler.reload;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Natural sort order of names: runs of digits compare as numbers, all else by code point. So v9
 * comes before v10, and 1.9 before 1.10. Names that differ in leading zeros only compare as texts.
 */
public final class NaturalSortComparator implements Comparator<String> {
  private static final Pattern PART = Pattern.compile("[0-9]+|[^0-9]+");

  @Override
  public int compare(String left, String right) {
    var rights = PART.matcher(right).results().map(MatchResult::group).iterator();
    var lefts = PART.matcher(left).results().map(MatchResult::group).iterator();
    while (lefts.hasNext() && rights.hasNext()) {
      int order = compareParts(lefts.next(), rights.next());
      if (order != 0) {
        return order;
      }
    }
    if (lefts.hasNext() != rights.hasNext()) {
      return lefts.hasNext() ? 1 : -1;
    }
    return left.compareTo(right);
  }

  private static int compareParts(String left, String right) {
    return isNumber(left) && isNumber(right)
        ? new BigInteger(left).compareTo(new BigInteger(right))
        : left.compareTo(right);
  }

  private static boolean isNumber(String part) {
    return part.charAt(0) >= '0' && part.charAt(0) <= '9';
  }
}
