package io.stillstream.runtime.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file on its way to a client, one buffer at a time and without a thread that waits. The client
 * has its time for each buffer: a large file may take long, a client that does not read may not.
 * Knows one range of bytes, and what a client has already (RFC 9110, sections 13 and 14).
 */
final class FileDownload extends IteratingCallback {
  private static final Logger LOG = LoggerFactory.getLogger(FileDownload.class);
  private static final int CHUNK = 64 << 10;
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  private final Response response;
  private final Callback callback;
  private final SeekableByteChannel file;
  private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
  private long left;
  private boolean ended;

  private FileDownload(
      Response response, Callback callback, SeekableByteChannel file, ByteSpan span)
      throws IOException {
    this.response = response;
    this.callback = callback;
    this.file = file.position(span.first());
    this.left = span.length();
  }

  /** Bytes of the file, from the first on. */
  private record ByteSpan(long first, long length) {}

  /** Answers with a file, which it closes whatever happens. */
  static void send(Response response, Callback callback, HttpEndpoint.FileBody body) {
    Callback closing = Callback.from(callback, () -> close(body.file()));
    try {
      begin(response, closing, body);
    } catch (IOException e) {
      close(body.file());
      throw new UncheckedIOException("a file cannot be read", e);
    } catch (RuntimeException e) {
      close(body.file());
      throw e;
    }
  }

  private static void begin(Response response, Callback callback, HttpEndpoint.FileBody body)
      throws IOException {
    Request request = response.getRequest();
    HttpFields.Mutable headers = response.getHeaders();
    String tag = '"' + body.sha256() + '"';
    headers.put(HttpHeader.ETAG, tag);
    headers.put(HttpHeader.ACCEPT_RANGES, "bytes");
    headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
    headers.put("X-Content-Type-Options", "nosniff");
    if (isKnown(request.getHeaders().get(HttpHeader.IF_NONE_MATCH), tag)) {
      response.setStatus(304);
      callback.succeeded();
      return;
    }
    long size = body.file().size();
    ByteSpan all = new ByteSpan(0, size);
    ByteSpan span = all;
    String condition = request.getHeaders().get(HttpHeader.IF_RANGE);
    if (condition == null || condition.strip().equals(tag)) {
      span = span(request.getHeaders().get(HttpHeader.RANGE), size);
    }
    if (span.length() == 0 && size > 0) {
      headers.put(HttpHeader.CONTENT_RANGE, "bytes */" + size);
      HttpResponses.error(
          request, response, callback, 416, "the file has " + size + " bytes, none of that range");
      return;
    }
    boolean isPart = !span.equals(all);
    if (isPart) {
      long last = span.first() + span.length() - 1;
      headers.put(HttpHeader.CONTENT_RANGE, "bytes " + span.first() + "-" + last + "/" + size);
    }
    response.setStatus(isPart ? 206 : 200);
    headers.put(HttpHeader.CONTENT_TYPE, body.type());
    headers.put(HttpHeader.CONTENT_LENGTH, span.length());
    headers.put(
        HttpHeader.CONTENT_DISPOSITION.asString(), "attachment; filename=\"" + body.name() + '"');
    if (request.getMethod().equals("HEAD")) {
      callback.succeeded();
    } else {
      new FileDownload(response, callback, body.file(), span).iterate();
    }
  }

  /**
   * What a client asks for: all of it without a range, and for several ranges or another unit;
   * nothing if the range begins after the end.
   */
  private static ByteSpan span(String header, long size) {
    ByteSpan all = new ByteSpan(0, size);
    Matcher range = RANGE.matcher(header == null ? "" : header.strip());
    if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
      return all;
    }
    if (range.group(1).isEmpty()) {
      long last = Math.min(size, Long.parseLong(range.group(2)));
      return new ByteSpan(size - last, last);
    }
    long first = Long.parseLong(range.group(1));
    long last = range.group(2).isEmpty() ? size - 1 : Long.parseLong(range.group(2));
    if (last < first && !range.group(2).isEmpty()) {
      return all;
    }
    return first >= size
        ? new ByteSpan(0, 0)
        : new ByteSpan(first, Math.min(last, size - 1) - first + 1);
  }

  private static boolean isKnown(String tags, String tag) {
    return tags != null
        && Arrays.stream(tags.split(",", -1))
            .map(String::strip)
            .anyMatch(each -> each.equals("*") || each.equals(tag) || each.equals("W/" + tag));
  }

  @Override
  protected Action process() throws IOException {
    if (ended) {
      return Action.SUCCEEDED;
    }
    buffer.clear().limit((int) Math.min(CHUNK, left));
    while (buffer.hasRemaining()) {
      if (file.read(buffer) < 0) {
        throw new EOFException("the file has become shorter");
      }
    }
    left -= buffer.flip().remaining();
    ended = left == 0;
    ClientDeadline.begin(response.getRequest());
    response.write(ended, buffer, this);
    return Action.SCHEDULED;
  }

  @Override
  protected void onCompleteSuccess() {
    callback.succeeded();
  }

  @Override
  protected void onCompleteFailure(Throwable cause) {
    LOG.atDebug().addKeyValue("cause", String.valueOf(cause)).log("a download has ended early");
    callback.failed(cause);
  }

  private static void close(SeekableByteChannel file) {
    try {
      file.close();
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("a file did not close");
    }
  }
}
