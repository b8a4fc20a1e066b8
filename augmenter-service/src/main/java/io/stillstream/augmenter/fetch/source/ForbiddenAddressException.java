package io.stillstream.augmenter.fetch.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** The name of a host stands for an address that must not be connected to. */
final class ForbiddenAddressException extends UnknownHostException {
  private static final long serialVersionUID = 1L;

  ForbiddenAddressException(String host, InetAddress address, AddressScope scope) {
    super(
        "%s has the address %s, which is %s%s"
            .formatted(
                host,
                address.getHostAddress(),
                scope.name().toLowerCase(Locale.ROOT),
                scope == AddressScope.PRIVATE
                    ? "; its prefix in fetch.allow is without private-addresses: true"
                    : ""));
  }
}
