package io.stillstream.page;

import io.stillstream.page.progress.CurveHistory;
import io.stillstream.page.progress.CurvePoint;
import io.stillstream.page.progress.JsonText;
import io.stillstream.page.progress.RecentMarkers;
import io.stillstream.runtime.http.EventStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What all who have the page open see. A new reader gets the greeting, the curves so far and the
 * latest of everything that is shown as a whole.
 */
final class PageBroadcaster implements AutoCloseable {
  /** Shown as a whole each time, in the order in which a new reader gets them. */
  private static final List<String> WHOLE =
      List.of("strip", "confusion", "releases", "deadLetters");

  private final EventStream feed;
  private final CurveHistory history;
  private final RecentMarkers markers;
  private final Supplier<Map<String, Object>> hello;
  private final Map<String, byte[]> latest = new LinkedHashMap<>();
  private boolean open;

  /**
   * @param hello the greeting; asked for from {@link #open} on
   */
  PageBroadcaster(
      int readers,
      CurveHistory history,
      RecentMarkers markers,
      Supplier<Map<String, Object>> hello) {
    this.feed = new EventStream(PageAssets.ROOT + "stream", readers, this::initialEvents);
    this.history = history;
    this.markers = markers;
    this.hello = hello;
  }

  EventStream feed() {
    return feed;
  }

  boolean hasSubscribers() {
    return feed.subscribers() > 0;
  }

  /** Takes readers on from now on. */
  synchronized void open() {
    open = true;
  }

  private synchronized Optional<List<byte[]>> initialEvents() {
    if (!open) {
      return Optional.empty();
    }
    List<byte[]> events = new ArrayList<>();
    events.add(EventStream.event("hello", JsonText.of(hello.get())));
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

  /** Shows something; what is shown as a whole, later readers see, too. */
  void publish(String name, Object value) {
    byte[] event = EventStream.event(name, JsonText.of(value));
    if (WHOLE.contains(name)) {
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
