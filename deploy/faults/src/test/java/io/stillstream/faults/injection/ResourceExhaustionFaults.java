package io.stillstream.faults.injection;

import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.input.ImageRecordFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Images and clients that are made to keep a service busy. */
final class ResourceExhaustionFaults {
  private static final int SENDERS = 4;
  private static final int REQUESTS_EACH = 40;
  private static final int SILENT = 300;
  private static final int BOMB_BYTES = 8_000_000;

  /** For as long the rate of training is measured before. */
  private static final Duration CALM = Duration.ofSeconds(5);

  private ResourceExhaustionFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "scan-bombs",
            "JPEG files of 800,000 scans to /predict, four at a time, while 300 clients begin a"
                + " request and do not end it; such files come as records in every fault",
            true,
            ResourceExhaustionFaults::bombs));
  }

  private static String bombs(FaultExperiment experiment) {
    ServiceProcess trainer = experiment.pipeline().trainer();
    byte[] bomb = ImageRecordFactory.scanBomb(BOMB_BYTES);
    double trainedBefore = experiment.trained();
    long calm = System.nanoTime();
    trainer.process().runFor(CALM);
    double before = viewsPerSecond(experiment, trainedBefore, calm);
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < SILENT; i++) {
        silent.add(begin(trainer.port().orElseThrow()));
      }
      double trained = experiment.trained();
      long start = System.nanoTime();
      List<CompletableFuture<List<Reply>>> senders =
          IntStream.range(0, SENDERS)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> replies(trainer, bomb)))
              .toList();
      List<Duration> ready = new ArrayList<>();
      do {
        long asked = System.nanoTime();
        if (!trainer.isReady()) {
          throw new AssertionError("the trainer did not say that it is ready");
        }
        ready.add(Duration.ofNanos(System.nanoTime() - asked));
      } while (!senders.stream().allMatch(CompletableFuture::isDone));
      double during = viewsPerSecond(experiment, trained, start);
      experiment.awaitTraining();
      List<Reply> replies = senders.stream().flatMap(sender -> sender.join().stream()).toList();
      Map<Integer, Long> counts =
          replies.stream()
              .collect(Collectors.groupingBy(Reply::status, TreeMap::new, Collectors.counting()));
      if (!List.of(400, 503).containsAll(counts.keySet())) {
        throw new AssertionError("/predict answered by status: " + counts);
      }
      return ("all %d refused, the slowest after %d ms; ready whenever it was asked, %d times, the"
              + " slowest answer after %d ms; %.0f views trained per second meanwhile, %.0f before")
          .formatted(
              replies.size(),
              longest(replies.stream().map(Reply::time)),
              ready.size(),
              longest(ready.stream()),
              during,
              before);
    } catch (IOException e) {
      throw new AssertionError("the trainer takes no connection: " + e, e);
    } finally {
      silent.forEach(ResourceExhaustionFaults::close);
    }
  }

  /** Since so many had been trained, at that time. */
  private static double viewsPerSecond(FaultExperiment experiment, double trained, long nanos) {
    return (experiment.trained() - trained) / (System.nanoTime() - nanos) * 1e9;
  }

  private static long longest(Stream<Duration> times) {
    return times.mapToLong(Duration::toMillis).max().orElse(0);
  }

  /**
   * @param status 0 where there was no answer
   */
  private record Reply(int status, Duration time) {}

  private static List<Reply> replies(ServiceProcess trainer, byte[] bomb) {
    return IntStream.range(0, REQUESTS_EACH)
        .mapToObj(
            i -> {
              long start = System.nanoTime();
              Optional<HttpResponse<String>> answer = trainer.post("/predict", bomb);
              return new Reply(
                  answer.map(HttpResponse::statusCode).orElse(0),
                  Duration.ofNanos(System.nanoTime() - start));
            })
        .toList();
  }

  private static Socket begin(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.getOutputStream().write("GET /health/li".getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is over with it either way.
    }
  }
}
