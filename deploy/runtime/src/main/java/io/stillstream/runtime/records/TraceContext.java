package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.stillstream.schemas.values.Sha256;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Which trace a record belongs to, as the W3C recommendation Trace Context says it, in the record
 * headers {@code traceparent} and {@code tracestate}. The services make no spans, so they pass on
 * the parent that they were given: spans recorded before and after them are connected.
 *
 * @param traceId 32 hexadecimal digits in lower case, not all zero
 * @param parentId 16 of them, not all zero
 * @param flags 0 to 255; the lowest bit says that the trace is recorded
 * @param state {@code tracestate}, empty if there is none
 */
public record TraceContext(String traceId, String parentId, int flags, String state) {
  public static final String TRACEPARENT = "traceparent";
  public static final String TRACESTATE = "tracestate";

  /** Bytes that both headers take at most, their names included. */
  public static final int MAX_BYTES = 640;

  /** Longer ones may be dropped; up to here they must be passed on. */
  private static final int LONGEST_STATE = 512;

  private static final int MOST_ENTRIES = 32;
  private static final int SAMPLED = 1;
  private static final HexFormat HEX = HexFormat.of();

  /** Later versions may add fields after the four of version 00, which itself has no more. */
  private static final Pattern PARENT =
      Pattern.compile(
          "(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  private static final Pattern ENTRY =
      Pattern.compile(
          "[a-z0-9][a-z0-9_\\-*/@]{0,255}="
              + "[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]");

  /** The trace of a record; empty if it names none, or names it in a way that is not allowed. */
  public static Optional<TraceContext> of(Headers headers) {
    List<String> parents = texts(headers, TRACEPARENT);
    return parents.size() == 1
        ? parse(parents.get(0), String.join(",", texts(headers, TRACESTATE)))
        : Optional.empty();
  }

  /**
   * Reads both values.
   *
   * @param state may be empty; one that is malformed or long is dropped, without harm to the rest
   */
  public static Optional<TraceContext> parse(String traceparent, String state) {
    Matcher parent = PARENT.matcher(traceparent);
    if (!parent.matches() || (parent.group(1).equals("00") && parent.group(5) != null)) {
      return Optional.empty();
    }
    int flags = HexFormat.fromHexDigits(parent.group(4));
    return Optional.of(new TraceContext(parent.group(2), parent.group(3), flags, checked(state)));
  }

  /** A trace that begins here and is not recorded yet. */
  public static TraceContext start(RandomGenerator random) {
    byte[] ids = new byte[24];
    do {
      random.nextBytes(ids);
    } while (isZero(ids, 0, 16) || isZero(ids, 16, 24));
    return ofBytes(ids);
  }

  /** The trace that begins at a record that brought none: always the same, also when replayed. */
  public static TraceContext start(RecordCoordinates origin) {
    return ofBytes(Sha256.bytes(origin.toString()));
  }

  /** Whether this trace is recorded. */
  public boolean sampled() {
    return (flags & SAMPLED) != 0;
  }

  /** Both values as headers, in place of what was there. */
  public void write(Headers headers) {
    headers.remove(TRACEPARENT).add(TRACEPARENT, traceparent().getBytes(ISO_8859_1));
    headers.remove(TRACESTATE);
    if (!state.isEmpty()) {
      headers.add(TRACESTATE, state.getBytes(ISO_8859_1));
    }
  }

  /** The value of the header of that name. */
  public String traceparent() {
    return "00-" + traceId + "-" + parentId + "-" + HEX.toHexDigits((byte) flags);
  }

  private static TraceContext ofBytes(byte[] ids) {
    return new TraceContext(HEX.formatHex(ids, 0, 16), HEX.formatHex(ids, 16, 24), 0, "");
  }

  private static boolean isZero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static String checked(String state) {
    List<String> entries = new ArrayList<>();
    for (String part : state.split(",", -1)) {
      String entry = part.strip();
      if (!entry.isEmpty()) {
        if (!ENTRY.matcher(entry).matches()) {
          return "";
        }
        entries.add(entry);
      }
    }
    String joined = String.join(",", entries);
    return entries.size() > MOST_ENTRIES || joined.length() > LONGEST_STATE ? "" : joined;
  }

  private static List<String> texts(Headers headers, String key) {
    List<String> texts = new ArrayList<>();
    for (Header header : headers.headers(key)) {
      texts.add(header.value() == null ? "" : new String(header.value(), ISO_8859_1));
    }
    return texts;
  }
}
