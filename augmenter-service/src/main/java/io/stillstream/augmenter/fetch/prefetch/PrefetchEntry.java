package io.stillstream.augmenter.fetch.prefetch;

import io.stillstream.runtime.records.RecordCoordinates;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record that may name an object, and how far its object is. Guarded by the lock of its user. */
final class PrefetchEntry {
  /** How far the object of a record is. */
  enum State {
    /** To be fetched ahead. */
    QUEUED,
    /** A thread fetches it. */
    RUNNING,
    /** It is there, or rejected. */
    DONE,
    /** It could not be fetched ahead; it is fetched when its turn comes. */
    DEFERRED
  }

  final RecordCoordinates at;

  /** Null if it was not polled, or polled by a consumer that fetches nothing ahead. */
  final ConsumerRecord<byte[], byte[]> record;

  /** What has polled the record last; null without it. */
  Object owner;

  State state;

  /** Bytes that are reserved for the object, and later those that it has. */
  long bytes;

  /** Fetches that found its store unavailable. */
  int failures;

  /** It is being fetched before its turn. */
  boolean ahead;

  /** It is the turn of its record: it may exceed the limits. */
  boolean urgent;

  /** The object is no longer needed. */
  boolean released;

  /** The result of the current fetch or the last one; null before the first. */
  CompletableFuture<FetchedObject> result;

  PrefetchEntry(ConsumerRecord<byte[], byte[]> record, Object owner) {
    this.at = RecordCoordinates.of(record);
    this.record = record;
    this.owner = owner;
    this.state = State.QUEUED;
  }

  /** For a record whose turn has come. */
  PrefetchEntry(RecordCoordinates at) {
    this.at = at;
    this.record = null;
    this.owner = null;
    this.state = State.DEFERRED;
  }
}
