package io.stillstream.trainer.review;

import io.stillstream.schemas.ReviewRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The requests with the highest priorities of one minute; of equal ones the first. */
final class MinuteSelection {
  private final int most;

  /** Highest priority first. */
  private final List<ReviewRequest> best = new ArrayList<>();

  private long minute;

  /**
   * @param most requests of a minute
   * @param minute number of the first
   */
  MinuteSelection(int most, long minute) {
    this.most = most;
    this.minute = minute;
  }

  long minute() {
    return minute;
  }

  /** Whether a request of this priority would be among the highest. */
  boolean admits(double priority) {
    return best.size() < most || (most > 0 && priority > best.get(most - 1).getPriority());
  }

  /** Adds a request if its priority is high enough, in the place of the lowest. */
  void add(ReviewRequest request) {
    if (!admits(request.getPriority())) {
      return;
    }
    int place = best.size();
    while (place > 0 && best.get(place - 1).getPriority() < request.getPriority()) {
      place--;
    }
    best.add(place, request);
    if (best.size() > most) {
      best.remove(most);
    }
  }

  /** Whether the image is among them. */
  boolean contains(String imageId) {
    return best.stream().anyMatch(request -> request.getImageId().equals(imageId));
  }

  /** The highest so far. */
  List<ReviewRequest> best() {
    return List.copyOf(best);
  }

  /** Begins another minute, and returns the highest of the one before. */
  List<ReviewRequest> next(long newMinute) {
    List<ReviewRequest> selected = best();
    best.clear();
    minute = newMinute;
    return selected;
  }

  void removeIf(Predicate<ReviewRequest> filter) {
    best.removeIf(filter);
  }
}
