package io.stillstream.schemas.wire;

import io.stillstream.schemas.registry.RegistryClient;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.registry.SubjectStrategy;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Distinguishes a bad record from a registry that has lost its data. A registry that was set up
 * anew does not know the ids in a topic, or has assigned them to other schemas, so that every good
 * record looks bad. It has lost its data if an id with which records were read before is now
 * unknown or another schema; if none has been read yet, if the topic's subject has no schema.
 * Thread-safe.
 */
public final class RegistryDataLossDetector {
  /** A positive result is not checked again within this time. */
  private static final long VALID_NANOS = 1_000_000_000L;

  /** Number of ids to check; a topic has few, and data loss concerns all. */
  private static final int MOST_ASKED = 8;

  private final RegistryClient client;
  private final WriterSchemaCache schemas;
  private final SubjectStrategy strategy;
  private final boolean isKey;
  private final boolean waits;
  private final LongSupplier nanoClock;
  private final Set<Integer> proven = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> inOrder = new ConcurrentHashMap<>();
  private volatile boolean lost;

  RegistryDataLossDetector(
      RegistryClient client,
      WriterSchemaCache schemas,
      SubjectStrategy strategy,
      boolean isKey,
      boolean waits,
      LongSupplier nanoClock) {
    this.client = client;
    this.schemas = schemas;
    this.strategy = strategy;
    this.isKey = isKey;
    this.waits = waits;
    this.nanoClock = nanoClock;
  }

  /** The record was valid, so the registry knew its id. */
  public void recordRead(byte[] record) {
    WireFormat.peek(record).ifPresent(proven::add);
  }

  /**
   * To be called for a record that cannot be read, or has an unexpected type. Returns if the record
   * itself is bad.
   *
   * @param topic empty if it is not known; then its subject is not known either
   * @throws RegistryUnavailableException if the registry seems to have lost its data, if that
   *     cannot be determined now, or if it has its data again: read the record again later
   */
  public void requireData(String topic, byte[] record) {
    OptionalInt id = WireFormat.peek(record);
    if (!waits || topic.isEmpty() || id.isEmpty() || isInOrder(topic)) {
      return;
    }
    Optional<String> loss = loss(topic, id.getAsInt());
    if (loss.isPresent()) {
      lost = true;
      // If they were assigned meanwhile, these may be other schemas when the data is restored.
      schemas.retain(proven);
      throw RegistryUnavailableException.dataLost(
          "Registry seems to have lost its data, as "
              + loss.get()
              + ". Restore it, or let records of topic "
              + topic
              + " go to dead letters with stillstream.registry.data.loss=ignore");
    }
    if (lost) {
      lost = false;
      schemas.clear();
      throw new RegistryUnavailableException("Registry has its data again");
    }
    inOrder.put(topic, nanoClock.getAsLong());
  }

  /**
   * Whether the registry has anything for the topic's records, as far as the subject strategy
   * allows a reader to know.
   *
   * @throws RegistryUnavailableException if that cannot be determined now
   */
  public boolean hasSubject(String topic) {
    return nothingUnderSubject(topic).isEmpty();
  }

  private boolean isInOrder(String topic) {
    Long since = inOrder.get(topic);
    return since != null && nanoClock.getAsLong() - since < VALID_NANOS;
  }

  /**
   * @param first the record's own id, which is the best evidence if records were read with it
   */
  private Optional<String> loss(String topic, int first) {
    if (proven.isEmpty()) {
      return nothingUnderSubject(topic);
    }
    return proven.stream()
        .sorted(Comparator.comparing(id -> id != first))
        .limit(MOST_ASKED)
        .flatMap(id -> changed(id).stream())
        .findFirst();
  }

  private Optional<String> changed(int id) {
    Schema before = schemas.cached(id);
    Optional<Schema> now;
    try {
      now = client.byId(id, Optional.empty());
    } catch (SerializationException e) {
      return Optional.of("id " + id + " was an Avro schema: " + e.getMessage());
    }
    if (now.isEmpty()) {
      return Optional.of("it knew id " + id + " and does not know it any more");
    }
    return now.get().equals(before)
        ? Optional.empty()
        : Optional.of("id " + id + " was another schema before");
  }

  private Optional<String> nothingUnderSubject(String topic) {
    return switch (strategy) {
      case TOPIC_NAME -> {
        String subject = strategy.subject(topic, isKey, null);
        yield client.hasVersions(subject)
            ? Optional.empty()
            : Optional.of("it has no version under subject " + subject);
      }
      case TOPIC_RECORD_NAME ->
          client.subjects().stream().anyMatch(subject -> subject.startsWith(topic + "-"))
              ? Optional.empty()
              : Optional.of("it has no subject that begins with " + topic + "-");
      case RECORD_NAME ->
          client.subjects().isEmpty() ? Optional.of("it has no subject at all") : Optional.empty();
    };
  }
}
