package io.stillstream.page.review;

import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.ReviewRequest;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The images that have no label yet, of the latest requests. A label may come before its request,
 * as they are in two topics. For one thread.
 */
final class ReviewQueue {
  /** Requests that are kept: the newest. */
  static final int MOST = 100;

  /** Labels that are remembered: the newest. */
  static final int MOST_LABELS = 10_000;

  private static final Comparator<ReviewEntry> ORDER =
      Comparator.comparingDouble(ReviewEntry::priority)
          .thenComparingLong(ReviewEntry::time)
          .reversed()
          .thenComparing(ReviewEntry::imageId);

  /** In the order of their requests, by student and image. */
  private final Map<Key, ReviewEntry> open = new LinkedHashMap<>();

  private final Set<Long> labeled = new LinkedHashSet<>();

  private record Key(String student, String imageId) {}

  /** Whether the queue has changed. */
  boolean add(ReviewRequest request) {
    if (labeled.contains(number(request.getImageId()))) {
      return false;
    }
    ReviewEntry entry = ReviewEntry.of(request).orElse(null);
    if (entry == null) {
      return false;
    }
    ReviewEntry before = open.put(new Key(entry.forStudent(), entry.imageId()), entry);
    removeFirst(open.keySet(), MOST);
    return !entry.equals(before);
  }

  /** Whether the queue has changed. */
  boolean label(String imageId) {
    labeled.add(number(imageId));
    removeFirst(labeled, MOST_LABELS);
    return open.keySet().removeIf(key -> key.imageId().equals(imageId));
  }

  /** Those of a student: the highest priority first, of equal ones the newest. */
  List<ReviewEntry> entries(String student) {
    return open.values().stream()
        .filter(entry -> entry.forStudent().equals(student))
        .sorted(ORDER)
        .toList();
  }

  private static long number(String imageId) {
    return ImageIdHash.of(imageId).number();
  }

  private static void removeFirst(Set<?> all, int most) {
    if (all.size() > most) {
      Iterator<?> first = all.iterator();
      first.next();
      first.remove();
    }
  }
}
