package io.stillstream.augmenter;

import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.runtime.service.ServiceMain;

/** Runs the augmenter: {@code java -jar augmenter-service.jar --config augmenter.yaml}. */
public final class AugmenterMain {
  private AugmenterMain() {}

  public static void main(String[] args) {
    ServiceMain.run(
        "augmenter",
        args,
        AugmenterConfig.class,
        AugmenterConfig::management,
        AugmenterConfig::metrics,
        AugmenterService::new);
  }
}
