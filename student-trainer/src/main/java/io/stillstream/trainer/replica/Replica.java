package io.stillstream.trainer.replica;

import java.util.Optional;

/** What the training needs to know of the copies of what it saves. */
public interface Replica extends AutoCloseable {
  /** Number of what was there at the start. */
  long AT_START = 1;

  /** There is no store: nothing is copied. */
  Replica NONE =
      new Replica() {
        @Override
        public long enqueue(long steps) {
          return 0;
        }

        @Override
        public boolean isConfirmed(long number) {
          return true;
        }

        @Override
        public void requireOwned() {}

        @Override
        public Optional<String> uri(long version, String sha256, String local) {
          return Optional.of(local);
        }

        @Override
        public void drain(Runnable waiting) {}

        @Override
        public Optional<String> statusText() {
          return Optional.empty();
        }

        @Override
        public void close() {}
      };

  /**
   * Something has become durable in the directory: a checkpoint of this step, or a release.
   *
   * @return its number; what comes later has a greater one
   */
  long enqueue(long steps);

  /**
   * Whether what has a number may be told of: it is copied, and so no other trainer has taken over
   * before that; or events do not wait for copies.
   */
  boolean isConfirmed(long number);

  /**
   * Makes sure that no other trainer took over, as far as is known: it is noticed when something is
   * copied.
   *
   * @throws IllegalStateException if one did
   */
  void requireOwned();

  /**
   * What the event of a release is to name.
   *
   * @param local where it is in the directory
   * @return empty while it is not there yet
   */
  Optional<String> uri(long version, String sha256, String local);

  /**
   * Waits for what is not copied yet, as long as a stop may take for it.
   *
   * @param waiting run about once a second meanwhile
   */
  void drain(Runnable waiting) throws InterruptedException;

  /** How far it is, in a few words; empty if there is no store. */
  Optional<String> statusText();

  @Override
  void close();
}
