package io.stillstream.runtime;

import java.util.List;

/** What a service serves for browsers on the management port, beside its endpoints. */
public record Site(List<Asset> assets, List<Feed> feeds) {
  /** Nothing. */
  public static final Site NONE = new Site(List.of(), List.of());

  public Site {
    assets = List.copyOf(assets);
    feeds = List.copyOf(feeds);
  }
}
