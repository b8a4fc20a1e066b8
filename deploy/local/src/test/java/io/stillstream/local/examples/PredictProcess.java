package io.stillstream.local.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.embedded.process.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/** A program of the examples that serves a release. */
final class PredictProcess implements AutoCloseable {
  private static final String LISTENING = "listening on ";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final JavaProcess process;

  private PredictProcess(JavaProcess process) {
    this.process = process;
  }

  static PredictProcess start(PythonPrograms programs, String command) throws IOException {
    return new PredictProcess(programs.start(command));
  }

  /** Whether it said so. */
  boolean isServing(String release) {
    process.requireAlive();
    return lines().contains("serving " + release);
  }

  /** What it has printed so far. */
  List<String> lines() {
    return PythonPrograms.printed(process);
  }

  /** What it has printed of itself so far; runtimes of models may print, too. */
  List<String> announcements() {
    return lines().stream().filter(line -> line.matches("(listening on|serving) .*")).toList();
  }

  URI address() {
    return lines().stream()
        .filter(line -> line.startsWith(LISTENING))
        .map(line -> URI.create(line.substring(LISTENING.length())))
        .findFirst()
        .orElseThrow();
  }

  HttpResponse<String> post(byte[] image) throws Exception {
    return post(address().resolve("/predict"), image);
  }

  static HttpResponse<String> post(URI url, byte[] image) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(url).POST(BodyPublishers.ofByteArray(image)).build();
    return HTTP.send(request, BodyHandlers.ofString());
  }

  JsonNode predict(byte[] image) throws Exception {
    return json(post(image).body());
  }

  static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  @Override
  public void close() {
    process.close();
  }
}
