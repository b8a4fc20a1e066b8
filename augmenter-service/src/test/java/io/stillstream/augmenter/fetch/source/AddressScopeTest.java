package io.stillstream.augmenter.fetch.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressScopeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1",
        "2001:200::1",
        "64:ff9b::101:101",
        "::ffff:1.1.1.1"
      })
  void shouldKnowAddressesOfTheInternet(String text) throws UnknownHostException {
    assertThat(scope(text)).isEqualTo(AddressScope.GLOBAL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "100.127.255.255",
        "::1",
        "fc00::1",
        "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1"
      })
  void shouldKnowPrivateAddresses(String text) throws UnknownHostException {
    assertThat(scope(text)).isEqualTo(AddressScope.PRIVATE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::7f00:1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "4000::1",
        "64:ff9b:1::1",
        "64:ff9b::a9fe:a9fe"
      })
  void shouldKnowAddressesThatNoServerHas(String text) throws UnknownHostException {
    assertThat(scope(text)).isEqualTo(AddressScope.RESERVED);
  }

  private static AddressScope scope(String literal) throws UnknownHostException {
    return AddressScope.of(InetAddress.getByName(literal));
  }
}
