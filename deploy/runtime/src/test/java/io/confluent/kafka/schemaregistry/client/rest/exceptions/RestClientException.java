package io.confluent.kafka.schemaregistry.client.rest.exceptions;

import java.io.IOException;

/** Stands for Confluent's class of this name, which is only there with profile confluent. */
public final class RestClientException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  public RestClientException(String message, int status) {
    super(message);
    this.status = status;
  }

  public int getStatus() {
    return status;
  }
}
