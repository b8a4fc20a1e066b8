package io.stillstream.augmenter.fetch.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.DnsResolver;

/** A name server whose answers a test decides; it counts questions. */
final class CountingResolver implements DnsResolver {
  private final Map<String, Iterator<InetAddress[]>> answers = new HashMap<>();
  private final List<String> lookups = Collections.synchronizedList(new ArrayList<>());

  /** Answers one look-up after the other with these addresses, each a list with commas. */
  CountingResolver with(String host, String... addresses) {
    answers.put(host, Arrays.stream(addresses).map(CountingResolver::literals).iterator());
    return this;
  }

  /** The hosts that were looked up, in order. */
  List<String> lookups() {
    return lookups;
  }

  @Override
  public synchronized InetAddress[] resolve(String host) throws UnknownHostException {
    lookups.add(host);
    Iterator<InetAddress[]> next = answers.get(host);
    if (next == null || !next.hasNext()) {
      throw new UnknownHostException(host);
    }
    return next.next();
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    throw new AssertionError(host);
  }

  private static InetAddress[] literals(String addresses) {
    return Arrays.stream(addresses.split(",", -1))
        .map(
            literal -> {
              try {
                return InetAddress.getByName(literal);
              } catch (UnknownHostException e) {
                throw new IllegalArgumentException(literal, e);
              }
            })
        .toArray(InetAddress[]::new);
  }
}
