package io.stillstream.runtime.openlineage;

/** What became of an event that was sent once. */
enum EventDelivery {
  /** The service has it. */
  SENT,
  /** The service will never take it. */
  REJECTED,
  /** The service is away; later it may take it. */
  FAILED
}
