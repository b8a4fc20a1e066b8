package io.stillstream.trainer.kafka;

/** The topic is not the one any more that the offsets are of; the message says what to set. */
public final class TopicChangedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TopicChangedException(String message) {
    super(message);
  }
}
