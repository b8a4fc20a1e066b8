package io.stillstream.augmenter.fetch;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.Shorthand;

/**
 * A prefix of addresses that may be read: the objects below one folder, which ends with a slash.
 * Written as a text, it is the prefix alone.
 *
 * @param prefix such as {@code s3://pictures/2026/}, {@code https://images.example.com/a/} or
 *     {@code file:///data/images/}
 * @param privateAddresses whether its host may have a private or a loopback address; only for http
 *     and https
 */
@Shorthand("prefix")
public record AllowedPrefix(String prefix, @Default("false") boolean privateAddresses) {
  public AllowedPrefix {
    ObjectAddress address;
    try {
      address = ObjectAddress.parse(prefix);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("prefix " + e.getMessage(), e);
    }
    if (address.query().isPresent() || !address.path().endsWith("/")) {
      throw new IllegalArgumentException(
          "prefix must end with /, because what begins with it is allowed, was " + address);
    }
    if (privateAddresses && !address.isWeb()) {
      throw new IllegalArgumentException(
          "private-addresses is for prefixes of http and https only, was true for " + address);
    }
  }

  /** The prefix in its parts. */
  public ObjectAddress address() {
    return ObjectAddress.parse(prefix);
  }

  /** Whether the address is below it: the same scheme, host and port, and a longer path. */
  public boolean covers(ObjectAddress address) {
    ObjectAddress folder = address();
    return folder.scheme().equals(address.scheme())
        && folder.host().equals(address.host())
        && folder.port() == address.port()
        && address.path().startsWith(folder.path())
        && address.path().length() > folder.path().length();
  }
}
