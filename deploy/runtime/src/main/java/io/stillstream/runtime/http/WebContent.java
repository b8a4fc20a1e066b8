package io.stillstream.runtime.http;

import java.util.List;

/** What a service serves for browsers on the management port, beside its endpoints. */
public record WebContent(List<StaticResource> assets, List<EventStream> feeds) {
  /** Nothing. */
  public static final WebContent NONE = new WebContent(List.of(), List.of());

  public WebContent {
    assets = List.copyOf(assets);
    feeds = List.copyOf(feeds);
  }
}
