package io.stillstream.trainer.review;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongPredicate;

/** Numbers of the images that have been requested; of too many, the latest. */
final class RequestedImages {
  private final int most;
  private final Set<Long> images = new LinkedHashSet<>();

  RequestedImages(int most) {
    this.most = most;
  }

  void addAll(Collection<Long> numbers) {
    numbers.forEach(this::add);
  }

  void add(long image) {
    images.add(image);
    if (images.size() > most) {
      Iterator<Long> oldest = images.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  boolean contains(long image) {
    return images.contains(image);
  }

  void removeIf(LongPredicate filter) {
    images.removeIf(filter::test);
  }

  /** Oldest first. */
  long[] toArray() {
    return images.stream().mapToLong(Long::longValue).toArray();
  }
}
