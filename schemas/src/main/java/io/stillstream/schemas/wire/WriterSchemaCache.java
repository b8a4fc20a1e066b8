package io.stillstream.schemas.wire;

import io.stillstream.schemas.registry.RegistryClient;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/** The schemas by id, each fetched once and kept. Thread-safe. */
final class WriterSchemaCache {
  private final RegistryClient client;
  private final UnknownSchemaIds unknown;
  private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();

  WriterSchemaCache(RegistryClient client, UnknownSchemaIds unknown) {
    this.client = client;
    this.unknown = unknown;
  }

  /** The schema with this id, if it has been fetched; otherwise null. */
  Schema cached(int id) {
    return schemas.get(id);
  }

  /** Drops the schemas of all other ids. */
  void retain(Set<Integer> ids) {
    schemas.keySet().retainAll(ids);
  }

  /** Resets the time-out of unknown ids. */
  void clear() {
    unknown.clear();
  }

  /**
   * The schema with this id, fetched on the first call.
   *
   * @throws RegistryUnavailableException when the registry is unavailable, or has not known the id
   *     for a short time only
   * @throws SerializationException when the registry has not known the id for longer, or it is no
   *     Avro schema
   */
  Schema byId(String topic, int id, Optional<String> subject) {
    Schema known = schemas.get(id);
    if (known != null) {
      return known;
    }
    Optional<Schema> fetched;
    try {
      fetched = client.byId(id, subject);
    } catch (RegistryUnavailableException e) {
      unknown.remove(id);
      throw e;
    }
    if (fetched.isPresent()) {
      unknown.remove(id);
      schemas.put(id, fetched.get());
      return fetched.get();
    }
    if (unknown.expired(id)) {
      throw WireFormat.malformed(topic, "the registry does not know its schema id " + id, null);
    }
    throw new RegistryUnavailableException(
        "Registry does not know schema id " + id + " of a record of topic " + topic + " yet");
  }
}
