package io.stillstream.trainer.replica;

import java.util.Optional;

/** Nothing is copied. */
final class NoReplica implements Replica {
  @Override
  public void enqueue(long steps) {}

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
}
