package io.stillstream.runtime.service;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.health.Health;
import java.util.concurrent.CountDownLatch;

/** A service that does nothing, in a process of its own. */
final class SampleMain {
  private SampleMain() {}

  public static void main(String[] args) {
    ServiceMain.run(
        "sample",
        args,
        ServiceLauncherTest.Config.class,
        ServiceLauncherTest.Config::management,
        ServiceLauncherTest.Config::metrics,
        SampleMain::service);
  }

  private static Service service(ServiceLauncherTest.Config config, MeterRegistry registry) {
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
