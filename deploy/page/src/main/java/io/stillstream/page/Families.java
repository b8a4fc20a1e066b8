package io.stillstream.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Views put together by the image that they were made of. */
final class Families {
  private Families() {}

  /**
   * The images of which all views are there, the latest in the given order first; each with its
   * views by their index.
   */
  static List<List<Sample>> complete(List<Sample> samples) {
    Map<List<Object>, Map<Integer, Sample>> byOrigin = new LinkedHashMap<>();
    for (Sample sample : samples) {
      var lineage = sample.view().getLineage();
      List<Object> origin =
          List.of(
              lineage.getOriginTopic(),
              lineage.getOriginPartition(),
              lineage.getOriginOffset(),
              lineage.getPolicyHash());
      // A later one of the same index is a repetition, and equal.
      byOrigin.computeIfAbsent(origin, o -> new LinkedHashMap<>()).put(sample.index(), sample);
    }
    List<List<Sample>> complete = new ArrayList<>();
    for (Map<Integer, Sample> family : byOrigin.values()) {
      Sample any = family.values().iterator().next();
      if (family.size() == any.view().getLineage().getViewCount()) {
        complete.add(
            0, family.values().stream().sorted(Comparator.comparingInt(Sample::index)).toList());
      }
    }
    return complete;
  }
}
