package io.stillstream.augmenter.fetch.prefetch;

import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.runtime.records.RecordCoordinates;

/**
 * Gives the objects that records name, when it is the turn of the record. It keeps the object of a
 * record until the record is processed, so that a second try finds it. Thread-safe.
 */
public interface ObjectFetcher {
  /**
   * The object of a record. The call may be repeated; if it has ended without a result, the object
   * may still be on its way.
   *
   * @param at coordinates of the record
   * @param reference as the record has it
   * @throws io.stillstream.augmenter.fetch.RejectedObjectException if it cannot become right by
   *     waiting
   * @throws io.stillstream.augmenter.fetch.UnavailableObjectException if it may become right by
   *     waiting
   */
  FetchedObject fetch(RecordCoordinates at, ObjectReference reference);

  /** The record is done with, and all before it in its partition. */
  void processed(RecordCoordinates at);

  /** Records of this partition are not processed here any more, or will be read again. */
  void revoked(int partition);
}
