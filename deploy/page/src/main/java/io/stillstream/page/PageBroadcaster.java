package io.stillstream.page;

import io.stillstream.page.progress.CurveHistory;
import io.stillstream.page.progress.CurveMarker;
import io.stillstream.page.progress.CurvePoint;
import io.stillstream.page.progress.JsonText;
import io.stillstream.page.progress.RecentMarkers;
import io.stillstream.page.trainer.TrainingStatus;
import io.stillstream.runtime.http.EventStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends events to all readers. A new reader gets the greeting, the curves so far and the latest of
 * everything that is shown as a whole; before the first greeting it is answered with 503.
 */
final class PageBroadcaster implements AutoCloseable {
  private static final String HELLO = "hello";

  /** Shown as a whole each time, in the order in which a new reader gets them. */
  private static final List<String> WHOLE =
      List.of(
          "bottleneck", "strip", "confusion", "releases", "augmentation", "deadLetters", "reviews");

  private final EventStream feed;
  private final Map<String, Object> greeting;
  private final CurveHistory history = new CurveHistory();
  private final RecentMarkers markers = new RecentMarkers();
  private final Map<String, byte[]> latest = new LinkedHashMap<>();

  /**
   * @param greeting what a reader is told first, beside student, task and classes
   */
  PageBroadcaster(int readers, Map<String, Object> greeting) {
    this.feed = new EventStream("/page/stream", readers, this::initialEvents);
    this.greeting = greeting;
  }

  EventStream feed() {
    return feed;
  }

  boolean hasSubscribers() {
    return feed.subscribers() > 0;
  }

  private synchronized Optional<List<byte[]>> initialEvents() {
    if (!latest.containsKey(HELLO)) {
      return Optional.empty();
    }
    List<byte[]> events = new ArrayList<>();
    events.add(latest.get(HELLO));
    events.add(
        EventStream.event(
            "history",
            JsonText.of(
                Map.of(
                    "points",
                    history.points().stream().map(CurvePoint::json).toList(),
                    "markers",
                    markers.all()))));
    WHOLE.stream().filter(latest::containsKey).map(latest::get).forEach(events::add);
    return Optional.of(events);
  }

  /** Greets all readers, and those to come, with this student. */
  void greet(TrainingStatus training) {
    Map<String, Object> hello = new LinkedHashMap<>(greeting);
    hello.put("student", training.student());
    hello.put("task", training.task());
    hello.put("classes", training.classes());
    publish(HELLO, hello);
  }

  /** Adds a point to the curves of readers to come. */
  void add(CurvePoint point) {
    history.add(point);
  }

  /** Shows a marker, unless it is shown already. */
  void mark(CurveMarker marker) {
    if (markers.add(marker)) {
      publish("marker", marker);
    }
  }

  /** Shows something; what is shown as a whole, later readers see, too. */
  void publish(String name, Object value) {
    byte[] event = EventStream.event(name, JsonText.of(value));
    if (name.equals(HELLO) || WHOLE.contains(name)) {
      keep(name, event);
    }
    // Not under this object's lock: a feed that greets a reader holds its own, and asks for this.
    feed.publish(event);
  }

  private synchronized void keep(String name, byte[] event) {
    latest.put(name, event);
  }

  @Override
  public void close() {
    feed.close();
  }
}
