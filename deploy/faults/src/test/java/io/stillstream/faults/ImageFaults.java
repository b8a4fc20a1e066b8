package io.stillstream.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Images and clients that are made to keep a service busy. */
final class ImageFaults {
  private static final int SENDERS = 4;
  private static final int REQUESTS_EACH = 10;
  private static final int SILENT = 300;
  private static final int BOMB_BYTES = 8_000_000;

  private ImageFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "scan-bombs",
            "JPEG files of 800,000 scans to /predict, four at a time, while 300 clients begin a"
                + " request and do not end it; such files come as records in every fault",
            true,
            ImageFaults::bombs));
  }

  private static String bombs(Trial trial) {
    Instance trainer = trial.site().trainer();
    byte[] bomb = Images.scanBomb(BOMB_BYTES);
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < SILENT; i++) {
        silent.add(begin(trainer.port().orElseThrow()));
      }
      List<CompletableFuture<List<Integer>>> senders =
          IntStream.range(0, SENDERS)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> statuses(trainer, bomb)))
              .toList();
      int asked = 0;
      do {
        if (!trainer.isReady()) {
          throw new AssertionError("the trainer did not say that it is ready");
        }
        asked++;
      } while (!senders.stream().allMatch(CompletableFuture::isDone));
      trial.awaitTraining();
      Map<Integer, Integer> counts = new TreeMap<>();
      senders.forEach(sender -> sender.join().forEach(code -> counts.merge(code, 1, Integer::sum)));
      if (!List.of(400, 503).containsAll(counts.keySet())) {
        throw new AssertionError("/predict answered by status: " + counts);
      }
      return "all refused, and ready whenever it was asked: " + asked + " times";
    } catch (IOException e) {
      throw new AssertionError("the trainer takes no connection: " + e, e);
    } finally {
      silent.forEach(ImageFaults::close);
    }
  }

  /** 0 where there was no answer. */
  private static List<Integer> statuses(Instance trainer, byte[] bomb) {
    return IntStream.range(0, REQUESTS_EACH)
        .mapToObj(i -> trainer.post("/predict", bomb))
        .map(
            (Optional<HttpResponse<String>> reply) -> reply.map(HttpResponse::statusCode).orElse(0))
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
