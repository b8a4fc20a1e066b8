package io.stillstream.local.examples;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Asks a server for the same image, one request after the other, until it is closed. */
final class ContinuousRequests implements AutoCloseable {
  private final URI url;
  private final byte[] image;
  private final List<Integer> versions = new CopyOnWriteArrayList<>();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::run, "requests");
  private volatile boolean stopped;

  ContinuousRequests(PredictProcess server, byte[] image) {
    this.url = server.address().resolve("/predict");
    this.image = image;
    thread.start();
  }

  private void run() {
    while (!stopped) {
      try {
        HttpResponse<String> answer = PredictProcess.post(url, image);
        if (answer.statusCode() == 200) {
          int version = PredictProcess.json(answer.body()).path("version").asInt();
          if (versions.isEmpty() || versions.get(versions.size() - 1) != version) {
            versions.add(version);
          }
        } else {
          failures.add(answer.statusCode() + ": " + answer.body());
        }
      } catch (Exception e) {
        failures.add(e.toString());
      }
    }
  }

  /** Which releases have answered, in their order: each once until another one answers. */
  List<Integer> versions() {
    return new ArrayList<>(versions);
  }

  /** What was not answered. */
  List<String> failures() {
    return new ArrayList<>(failures);
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
