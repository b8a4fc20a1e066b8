package io.stillstream.page.image;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Views put together by the image that they were made of. */
final class ImageGroups {
  private ImageGroups() {}

  /**
   * The images of which all views are there, the latest in the given order first; each with its
   * views by their index.
   */
  static List<List<SampledView>> complete(List<SampledView> samples) {
    Map<List<Object>, Map<Integer, SampledView>> byOrigin = new LinkedHashMap<>();
    for (SampledView sample : samples) {
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
    List<List<SampledView>> complete = new ArrayList<>();
    for (Map<Integer, SampledView> group : byOrigin.values()) {
      SampledView any = group.values().iterator().next();
      if (group.size() == any.view().getLineage().getViewCount()) {
        complete.add(
            0,
            group.values().stream().sorted(Comparator.comparingInt(SampledView::index)).toList());
      }
    }
    return complete;
  }
}
