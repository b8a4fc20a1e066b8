package io.stillstream.trainer;

/** The topic is not the one any more that the offsets are of; the message says what to set. */
final class TopicChangedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TopicChangedException(String message) {
    super(message);
  }
}
