package io.stillstream.page.progress;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The latest markers, each once: events and releases may come again. */
public final class RecentMarkers {
  private static final int MOST = 200;

  private final List<CurveMarker> markers = new ArrayList<>();

  /** Whether it is new. */
  public synchronized boolean add(CurveMarker marker) {
    boolean known =
        markers.stream()
            .anyMatch(
                other ->
                    other.kind().equals(marker.kind())
                        && other.step() == marker.step()
                        && other.text().equals(marker.text()));
    if (known) {
      return false;
    }
    if (markers.size() == MOST && marker.time() < markers.get(0).time()) {
      return false;
    }
    markers.add(marker);
    markers.sort(Comparator.comparingLong(CurveMarker::time));
    if (markers.size() > MOST) {
      markers.remove(0);
    }
    return true;
  }

  /** Oldest first. */
  public synchronized List<CurveMarker> all() {
    return List.copyOf(markers);
  }
}
