package io.stillstream.augmenter.fetch.source;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * From where an address of the Internet can be reached, by the registries of special-purpose
 * addresses of IANA (RFC 6890).
 */
enum AddressScope {
  /** From everywhere. */
  GLOBAL,
  /** From this machine or its own networks only: loopback, RFC 1918, RFC 4193, RFC 6598. */
  PRIVATE,
  /** No server has it: link-local, multicast, unspecified, broadcast, documentation, tunnels. */
  RESERVED;

  private static final List<Block> PRIVATE_BLOCKS =
      Block.all(
          "127.0.0.0/8",
          "10.0.0.0/8",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "100.64.0.0/10",
          "::1/128",
          "fc00::/7");

  /** Of IPv4: all that is not global. Of IPv6 only 2000::/3 is, and this is reserved in it. */
  private static final List<Block> RESERVED_BLOCKS =
      Block.all(
          "0.0.0.0/8",
          "169.254.0.0/16",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/4",
          "240.0.0.0/4",
          "2001::/23",
          "2001:db8::/32",
          "2002::/16",
          "3fff::/20");

  private static final Block IPV6_GLOBAL = Block.of("2000::/3");

  /** Addresses of IPv4 for hosts that have IPv6 only (RFC 6052). */
  private static final Block NAT64 = Block.of("64:ff9b::/96");

  /** Addresses of IPv4 in sixteen bytes. */
  private static final Block MAPPED =
      new Block(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0}, 96);

  static AddressScope of(InetAddress address) {
    return of(address.getAddress());
  }

  private static AddressScope of(byte[] bytes) {
    if (MAPPED.holds(bytes) || NAT64.holds(bytes)) {
      return of(Arrays.copyOfRange(bytes, 12, 16));
    }
    if (PRIVATE_BLOCKS.stream().anyMatch(block -> block.holds(bytes))) {
      return PRIVATE;
    }
    boolean reserved = RESERVED_BLOCKS.stream().anyMatch(block -> block.holds(bytes));
    return reserved || (bytes.length == 16 && !IPV6_GLOBAL.holds(bytes)) ? RESERVED : GLOBAL;
  }

  /** All addresses that begin with the same bits. */
  @SuppressWarnings("ArrayRecordComponent") // made once, never compared
  private record Block(byte[] first, int bits) {
    static List<Block> all(String... texts) {
      return Arrays.stream(texts).map(Block::of).toList();
    }

    static Block of(String text) {
      int slash = text.indexOf('/');
      try {
        // A literal address: no name is looked up.
        byte[] first = InetAddress.getByName(text.substring(0, slash)).getAddress();
        return new Block(first, Integer.parseInt(text.substring(slash + 1)));
      } catch (UnknownHostException e) {
        throw new IllegalStateException(text, e);
      }
    }

    boolean holds(byte[] address) {
      if (address.length != first.length) {
        return false;
      }
      int rest = 8 * first.length - bits;
      return new BigInteger(1, address)
          .shiftRight(rest)
          .equals(new BigInteger(1, first).shiftRight(rest));
    }
  }
}
