package io.stillstream.augmenter.fetch.source;

import io.stillstream.augmenter.fetch.AllowedPrefix;
import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The prefixes that the settings allow. */
final class AllowList {
  private final List<AllowedPrefix> prefixes;
  private final Set<String> privateHosts;

  AllowList(List<AllowedPrefix> prefixes) {
    this.prefixes = List.copyOf(prefixes);
    this.privateHosts =
        prefixes.stream()
            .filter(AllowedPrefix::privateAddresses)
            .map(prefix -> prefix.address().host().replaceAll("[\\[\\]]", ""))
            .collect(Collectors.toUnmodifiableSet());
  }

  boolean hasWeb() {
    return prefixes.stream().anyMatch(prefix -> prefix.address().isWeb());
  }

  boolean hasStore() {
    return prefixes.stream().anyMatch(prefix -> prefix.address().scheme().equals("s3"));
  }

  /**
   * The prefix that covers an address.
   *
   * @throws RejectedObjectException with NOT_ALLOWED if there is none
   */
  AllowedPrefix covering(ObjectAddress address) {
    return prefixes.stream()
        .filter(prefix -> prefix.covers(address))
        .findFirst()
        .orElseThrow(
            () ->
                new RejectedObjectException(
                    ObjectRejection.NOT_ALLOWED, address + " is below no prefix of fetch.allow"));
  }

  /**
   * Whether a host of http or https may have a private address, or one of this machine.
   *
   * @param host in lower case, without brackets
   */
  boolean allowsPrivateAddresses(String host) {
    return privateHosts.contains(host);
  }
}
