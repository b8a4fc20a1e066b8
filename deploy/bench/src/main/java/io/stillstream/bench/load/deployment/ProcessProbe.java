package io.stillstream.bench.load.deployment;

import io.stillstream.embedded.process.MetricsScrape;
import io.stillstream.embedded.process.ProcessStatus;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A process of the pipeline, seen from outside.
 *
 * @param metrics where its metrics are, if it has any
 * @param process its process, if it is one of this machine's
 */
public record ProcessProbe(
    ProcessRole role, String name, Optional<URI> metrics, Optional<ProcessHandle> process) {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final MetricsScrape NOTHING = new MetricsScrape(List.of());

  /**
   * One snapshot of it.
   *
   * @param images that it has finished
   * @param cpuNanos processor time since its start
   * @param resident memory in bytes; 0 for a process of another machine
   * @param outsideOfJava resident memory beside heap, classes and compiled code; right where the
   *     heap was touched in full at the start, and 0 where it has no metrics
   * @param heap in use, garbage included
   */
  public record Snapshot(
      MetricsScrape scrape,
      double images,
      double cpuNanos,
      double resident,
      double outsideOfJava,
      double heap) {}

  /** As it is now. */
  public Snapshot snapshot(int views) {
    MetricsScrape scrape = metrics.map(ProcessProbe::get).orElse(NOTHING);
    double cpu =
        process
            .flatMap(handle -> handle.info().totalCpuDuration())
            .map(time -> (double) time.toNanos())
            .orElseGet(() -> scrape.sum("process_cpu_time_ns_total"));
    double resident = bytes("VmRSS");
    double anonymous = bytes("RssAnon");
    return new Snapshot(
        scrape,
        role.images(scrape, views),
        cpu,
        resident,
        metrics.isEmpty() ? 0 : Math.max(0, anonymous - scrape.sum("jvm_memory_committed_bytes")),
        scrape.sum("jvm_memory_used_bytes", "area=\"heap\""));
  }

  private double bytes(String key) {
    return process.map(handle -> (double) ProcessStatus.bytes(handle, key)).orElse(0.0);
  }

  private static MetricsScrape get(URI metrics) {
    try {
      HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(metrics).timeout(PATIENCE).build(), BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new StartupException(metrics + " answers " + answer.statusCode());
      }
      return MetricsScrape.parse(answer.body());
    } catch (IOException e) {
      throw new StartupException(metrics + " does not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }

  /** A service of another deployment, recognised by its metrics. */
  public static ProcessProbe at(URI metrics) {
    MetricsScrape scrape = get(metrics);
    ProcessRole role =
        ProcessRole.of(scrape)
            .orElseThrow(
                () ->
                    new StartupException(
                        "--metrics: " + metrics + " are of no service of Stillstream"));
    return new ProcessProbe(
        role, role + " " + metrics.getAuthority(), Optional.of(metrics), Optional.empty());
  }
}
