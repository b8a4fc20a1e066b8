package io.stillstream.page;

import io.stillstream.runtime.service.ServiceMain;

/** Runs the page as a process of its own. */
public final class PageMain {
  private PageMain() {}

  public static void main(String[] args) {
    ServiceMain.run(
        "page",
        args,
        PageConfig.class,
        PageConfig::management,
        PageConfig::metrics,
        (config, meters) -> new PageService(config, meters, false));
  }
}
