package io.stillstream.augmenter.fetch.source;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A server that closes each connection after one answer, which promises to keep it. */
final class ClosingServer implements AutoCloseable {
  private final ServerSocket socket;
  private final byte[] bytes;

  ClosingServer(byte[] bytes) throws IOException {
    this.bytes = bytes;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "closing-server");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return socket.getLocalPort();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept();
          BufferedReader in =
              new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
          OutputStream out = client.getOutputStream()) {
        String line = in.readLine();
        while (line != null && !line.isEmpty()) {
          line = in.readLine();
        }
        if (line != null) {
          String head =
              "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n"
                  .formatted(bytes.length);
          out.write(head.getBytes(US_ASCII));
          out.write(bytes);
        }
      } catch (IOException e) {
        // The client has gone, or the test has ended.
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
