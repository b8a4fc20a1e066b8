package io.stillstream.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.CountDownLatch;

/** A service that does nothing, in a process of its own. */
final class SampleMain {
  private SampleMain() {}

  public static void main(String[] args) {
    ServiceMain.run(
        "sample",
        args,
        LauncherTest.Config.class,
        LauncherTest.Config::management,
        LauncherTest.Config::metrics,
        SampleMain::service);
  }

  private static Service service(LauncherTest.Config config, MeterRegistry registry) {
    CountDownLatch closed = new CountDownLatch(1);
    return new Service() {
      @Override
      public void start() {}

      @Override
      public Health health() {
        return Health.of();
      }

      @Override
      public void awaitStop() throws InterruptedException {
        closed.await();
      }

      @Override
      public void close() {
        closed.countDown();
      }
    };
  }
}
