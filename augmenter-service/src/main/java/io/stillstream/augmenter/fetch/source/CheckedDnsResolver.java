package io.stillstream.augmenter.fetch.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves names for the client, which connects to the very addresses that were checked here: what
 * a name server answers at the next time changes nothing. Literal addresses are checked like names.
 */
final class CheckedDnsResolver implements DnsResolver {
  private final DnsResolver names;
  private final AllowList allowed;

  CheckedDnsResolver(DnsResolver names, AllowList allowed) {
    this.names = names;
    this.allowed = allowed;
  }

  /**
   * All addresses of a host.
   *
   * @throws ForbiddenAddressException if one of them is none that the host may have
   */
  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    boolean mayBePrivate = allowed.allowsPrivateAddresses(host.toLowerCase(Locale.ROOT));
    InetAddress[] addresses = names.resolve(host);
    for (InetAddress address : addresses) {
      AddressScope scope = AddressScope.of(address);
      if (scope == AddressScope.RESERVED || (scope == AddressScope.PRIVATE && !mayBePrivate)) {
        throw new ForbiddenAddressException(host, address, scope);
      }
    }
    return addresses;
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }
}
