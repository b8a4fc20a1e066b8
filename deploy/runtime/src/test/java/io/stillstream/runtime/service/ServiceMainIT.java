package io.stillstream.runtime.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ServiceMainIT {
  @TempDir private Path directory;

  @Test
  void shouldCloseTheServiceOnSigterm() throws Exception {
    // given
    Process process = start("behaviour: ok\n");
    try (BufferedReader log = process.inputReader(UTF_8)) {
      assertThat(log.lines().takeWhile(line -> !line.contains("Launcher started")))
          .anyMatch(line -> line.contains("starting with configuration"))
          .contains("behaviour: ok");

      // when
      process.toHandle().destroy(); // Process.destroy would close the log, too

      // then
      assertThat(log.lines().toList())
          .anyMatch(line -> line.contains("Launcher stopping"))
          .anyMatch(line -> line.contains("Launcher stopped"));
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    }
  }

  @Test
  void shouldPutABadStartOnOneLine() throws Exception {
    // given
    Process process = start("behaviour: [\n");

    // then
    try (BufferedReader err =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
      assertThat(err.lines().toList())
          .singleElement()
          .asString()
          .startsWith("sample: bad configuration ")
          .contains("service.yaml: line 2, column 1: expected the node content");
    }
    assertThat(process.waitFor()).isEqualTo(2);
  }

  @Test
  void shouldLetGoOfThoseWhoDoNotEndTheirRequest() throws Exception {
    // given
    Process process = start("behaviour: ok\n", "-Dsun.net.httpserver.maxReqTime=1");
    try (BufferedReader log = process.inputReader(UTF_8)) {
      int port =
          log.lines()
              .filter(line -> line.contains("management endpoint listens"))
              .map(line -> Integer.parseInt(line.replaceAll(".*port=\"?(\\d+).*", "$1")))
              .findFirst()
              .orElseThrow();
      List<Socket> silent = new ArrayList<>();

      // when: as many as there are threads, and more
      for (int i = 0; i < 4; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write("GET /hea".getBytes(UTF_8));
        silent.add(socket);
      }

      // then
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/live")).build();
      assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode())
          .isEqualTo(200);
      for (Socket socket : silent) {
        socket.close();
      }
    } finally {
      process.destroy();
    }
  }

  private Process start(String yaml, String... options) throws Exception {
    Path file = directory.resolve("service.yaml");
    Files.writeString(file, yaml);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx128m");
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            SampleMain.class.getName(),
            "--config",
            file.toString()));
    return new ProcessBuilder(command).start();
  }
}
