package io.stillstream.bench.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Reads the stream of the page as a browser does, and counts what comes. */
final class PageStreamReader implements AutoCloseable {
  private final Socket socket;
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong characters = new AtomicLong();
  private volatile boolean ended;

  private PageStreamReader(Socket socket) {
    this.socket = socket;
  }

  /**
   * Connects, and reads on a thread of this group.
   *
   * @param group whose processor time does not count
   */
  static PageStreamReader open(int port, ThreadGroup group) throws IOException {
    PageStreamReader reader =
        new PageStreamReader(new Socket(InetAddress.getLoopbackAddress(), port));
    reader
        .socket
        .getOutputStream()
        .write("GET /page/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(UTF_8));
    Thread thread = new Thread(group, reader::read, "reader");
    thread.setDaemon(true);
    thread.start();
    return reader;
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        characters.addAndGet(line.length());
        if (line.startsWith("event: ")) {
          events.incrementAndGet();
        }
      }
    } catch (IOException e) {
      // It was closed, here or there.
      characters.incrementAndGet();
    } finally {
      ended = true;
    }
  }

  long events() {
    return events.get();
  }

  long characters() {
    return characters.get();
  }

  boolean hasEnded() {
    return ended;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
