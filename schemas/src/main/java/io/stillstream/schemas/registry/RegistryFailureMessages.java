package io.stillstream.schemas.registry;

import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Why a registry could not be asked, in words that name the setting that is about it. */
final class RegistryFailureMessages {
  private RegistryFailureMessages() {}

  static String describe(IOException e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      Optional<String> reason = reason(cause);
      if (reason.isPresent()) {
        return message + " (" + reason.get() + ")";
      }
    }
    return message;
  }

  private static Optional<String> reason(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof CertPathBuilderException) {
      return Optional.of(
          "no certificate in schema.registry.ssl.truststore.* has signed the registry's certificate");
    }
    if (cause instanceof CertificateExpiredException
        || cause instanceof CertificateNotYetValidException) {
      return Optional.of("the registry's certificate is not valid now");
    }
    // Java has no exception class for these.
    if (cause instanceof CertificateException && message.startsWith("No ")) {
      return Optional.of("the registry's certificate is not for the host in schema.registry.url");
    }
    if (cause instanceof SSLException && message.contains("Received fatal alert")) {
      return Optional.of(
          "the registry may want another certificate: schema.registry.ssl.keystore.*");
    }
    if (cause instanceof SSLException
        && message.toLowerCase(Locale.ROOT).contains("unrecognized ssl message")) {
      return Optional.of("no TLS there, but schema.registry.url says https");
    }
    return Optional.empty();
  }
}
