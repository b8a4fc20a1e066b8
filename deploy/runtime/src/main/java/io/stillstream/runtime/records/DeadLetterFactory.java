package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Makes dead letters, the records for what could not be processed, and counts them as {@code
 * stillstream.dead.letters{service,reason}}. A dead letter holds key, value and headers of its
 * source as they were, the six headers of KIP-1034 as Kafka Streams writes them, and {@code
 * stillstream.service|stage|reason|attempt}.
 */
public final class DeadLetterFactory {
  public static final String EXCEPTION = "__streams.errors.exception";
  public static final String MESSAGE = "__streams.errors.message";
  public static final String STACKTRACE = "__streams.errors.stacktrace";
  public static final String TOPIC = "__streams.errors.topic";
  public static final String PARTITION = "__streams.errors.partition";
  public static final String OFFSET = "__streams.errors.offset";
  public static final String SERVICE = "stillstream.service";
  public static final String STAGE = "stillstream.stage";
  public static final String REASON = "stillstream.reason";
  public static final String ATTEMPT = "stillstream.attempt";
  public static final String BY_REFERENCE = "stillstream.by-reference";

  /** What a dead letter adds to the headers of its source, but for the number of attempts. */
  private static final Set<String> OWN =
      Set.of(
          EXCEPTION,
          MESSAGE,
          STACKTRACE,
          TOPIC,
          PARTITION,
          OFFSET,
          SERVICE,
          STAGE,
          REASON,
          BY_REFERENCE);

  /** Upper bounds of what the wire format adds to a record, and to each header. */
  private static final int RECORD_OVERHEAD = 512;

  private static final int HEADER_OVERHEAD = 12;

  /** A message may quote the record: it gets no more room than this. */
  private static final int MAX_TEXT = 16 << 10;

  private final String topic;
  private final String service;
  private final int maxBytes;
  private final DeadLetterMeters meters;

  /**
   * @param maxBytes what topic and producer let through ({@code max.message.bytes}, {@code
   *     max.request.size})
   */
  public DeadLetterFactory(String topic, String service, MeterRegistry registry, int maxBytes) {
    this.topic = topic;
    this.service = service;
    this.meters = new DeadLetterMeters(service, registry);
    this.maxBytes = maxBytes;
  }

  /**
   * Registers the counters of the reasons that can come, at zero: a counter that appears with its
   * first increment hides that increment from rate().
   */
  public DeadLetterFactory preregister(Iterable<String> reasons) {
    reasons.forEach(meters::register);
    return this;
  }

  /**
   * One dead letter, to be sent by the caller. If it were too large it refers to its source by
   * coordinates only: it has no value, then no source headers, then no key, until it is small
   * enough, and the header {@code stillstream.by-reference=true}.
   *
   * @param source where the record stands (not its origin: that one is among its headers)
   * @param key may be null
   * @param value may be null
   * @param stage what was being done, such as {@code decode}
   */
  public ProducerRecord<byte[], byte[]> create(
      RecordCoordinates source,
      byte[] key,
      byte[] value,
      Headers sourceHeaders,
      String stage,
      BadRecordException cause) {
    return fitting(key, value, sourceHeaders, own(source, sourceHeaders, stage, cause), false);
  }

  /**
   * One dead letter of a record whose value is not available: as {@link #create}, and in any case
   * by reference.
   */
  public ProducerRecord<byte[], byte[]> createByReference(
      RecordCoordinates source,
      byte[] key,
      Headers sourceHeaders,
      String stage,
      BadRecordException cause) {
    return fitting(key, null, sourceHeaders, own(source, sourceHeaders, stage, cause), true);
  }

  private Map<String, String> own(
      RecordCoordinates source, Headers sourceHeaders, String stage, BadRecordException cause) {
    meters.count(source, cause.reason());
    Map<String, String> own = new TreeMap<>();
    own.put(EXCEPTION, cause.getClass().getName());
    own.put(MESSAGE, cause.getMessage());
    own.put(STACKTRACE, stackTrace(cause));
    own.put(TOPIC, source.topic());
    own.put(PARTITION, Integer.toString(source.partition()));
    own.put(OFFSET, Long.toString(source.offset()));
    own.put(SERVICE, service);
    own.put(STAGE, stage);
    own.put(REASON, cause.reason());
    own.put(ATTEMPT, Integer.toString(attempts(sourceHeaders) + 1));
    return own;
  }

  /**
   * The headers with which the source of a dead letter is sent once more: as they were, and with
   * the number of attempts so far, from which the next dead letter goes on counting.
   */
  public static Headers headersForReplay(Headers letter) {
    return without(letter, OWN);
  }

  /** The headers of a record, for one that is made of it: attempts at the former say nothing. */
  public static Headers headersForDerivedRecord(Headers source) {
    return source.lastHeader(ATTEMPT) == null ? source : without(source, Set.of(ATTEMPT));
  }

  /** How often something was tried in vain; 0 where nothing says so. */
  public static int attempts(Headers headers) {
    Header last = headers.lastHeader(ATTEMPT);
    if (last == null || last.value() == null || last.value().length > 9) {
      return 0;
    }
    try {
      return Math.max(0, Integer.parseInt(new String(last.value(), UTF_8)));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static Headers without(Headers headers, Set<String> keys) {
    RecordHeaders kept = new RecordHeaders();
    for (Header header : headers) {
      if (!keys.contains(header.key())) {
        kept.add(header);
      }
    }
    return kept;
  }

  private ProducerRecord<byte[], byte[]> fitting(
      byte[] key,
      byte[] value,
      Headers sourceHeaders,
      Map<String, String> own,
      boolean byReference) {
    List<Header> added = headers(own);
    List<Header> kept = new ArrayList<>();
    for (Header header : sourceHeaders) {
      if (!own.containsKey(header.key()) && !header.key().equals(BY_REFERENCE)) {
        kept.add(header);
      }
    }
    long room = maxBytes - RECORD_OVERHEAD - size(added);
    if (!byReference && size(key) + size(value) + size(kept) <= room) {
      return record(key, value, kept, added);
    }
    added.add(header(BY_REFERENCE, "true"));
    if (size(key) + size(kept) <= room) {
      return record(key, null, kept, added);
    }
    // Without these a replay would not know where the record stood first, and to what trace it is
    // due.
    kept.removeIf(
        header ->
            !header.key().startsWith("stillstream.origin.")
                && !header.key().equals(TraceContext.TRACEPARENT));
    kept.removeIf(header -> size(List.of(header)) > MAX_TEXT);
    byte[] small = size(key) + size(kept) <= room ? key : null;
    return record(small, null, kept.size() > 4 ? List.of() : kept, added);
  }

  private ProducerRecord<byte[], byte[]> record(
      byte[] key, byte[] value, List<Header> kept, List<Header> added) {
    List<Header> all = new ArrayList<>(kept);
    all.addAll(added);
    return new ProducerRecord<>(topic, null, key, value, all);
  }

  private static List<Header> headers(Map<String, String> texts) {
    List<Header> headers = new ArrayList<>();
    texts.forEach((key, text) -> headers.add(header(key, text)));
    return headers;
  }

  private static Header header(String key, String text) {
    String shown =
        text == null || text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    return new RecordHeader(key, shown == null ? null : shown.getBytes(UTF_8));
  }

  private static String stackTrace(Throwable cause) {
    StringWriter text = new StringWriter();
    cause.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static long size(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static long size(List<Header> headers) {
    return headers.stream()
        .mapToLong(header -> HEADER_OVERHEAD + 3L * header.key().length() + size(header.value()))
        .sum();
  }
}
