package io.stillstream.augmenter.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectAddressTest {
  @ParameterizedTest
  @CsvSource({
    "s3://pictures/2026/a b%2F+ü?#.png, s3, pictures, 0, /2026/a b%2F+ü?#.png",
    "S3://pictures/a, s3, pictures, 0, /a",
    "HTTPS://Images.Example.com/A/b%20c.png, https, images.example.com, 443, /A/b%20c.png",
    "http://images.example.com:8080/a, http, images.example.com, 8080, /a",
    "http://images.example.com, http, images.example.com, 80, /",
    "http://[2001:DB8::1]/a, http, [2001:db8::1], 80, /a",
    "https://images.example.com/a..b/...c/.d, https, images.example.com, 443, /a..b/...c/.d",
    "file:///data/a%20b.png, file, '', 0, /data/a b.png",
    "file:/data/a.png, file, '', 0, /data/a.png"
  })
  void shouldTakeAddressesApart(String text, String scheme, String host, int port, String path) {
    // when
    ObjectAddress address = ObjectAddress.parse(text);

    // then
    assertThat(address.scheme()).isEqualTo(scheme);
    assertThat(address.host()).isEqualTo(host);
    assertThat(address.port()).isEqualTo(port);
    assertThat(address.path()).isEqualTo(path);
    assertThat(address.query()).isEmpty();
  }

  @Test
  void shouldRequestTheQueryAndNeverShowIt() {
    // when
    ObjectAddress address =
        ObjectAddress.parse("https://a.example:443/b%20c?X-Signature=s%2Fecret");

    // then
    assertThat(address.toUri()).hasToString("https://a.example/b%20c?X-Signature=s%2Fecret");
    assertThat(address).hasToString("https://a.example/b%20c");
  }

  @Test
  void shouldResolveWhatARedirectNames() {
    // given
    ObjectAddress address = ObjectAddress.parse("https://a.example/b/c?d=e");

    // then
    assertThat(address.resolve("f?g")).hasToString("https://a.example/b/f");
    assertThat(address.resolve("/f")).hasToString("https://a.example/f");
    assertThat(address.resolve("http://h.example:81/")).hasToString("http://h.example:81/");
    assertThat(address.resolve("//h.example/i")).hasToString("https://h.example/i");
    assertThatThrownBy(() -> address.resolve("f|g"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must be a URI");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "pictures/a",
        "ftp://a.example/b",
        "jar:file:///a.jar!/b",
        "s3:pictures/a",
        "s3://pictures",
        "s3://pic_tures/a",
        "s3://me@pictures/a",
        "s3://pictures/../b",
        "s3://pictures/%2e%2e/b",
        "http:///a",
        "http:a",
        "http://a.example:0/",
        "http://a.example:65536/",
        "http://a.example:port/",
        "http://me@a.example/",
        "http://me:secret@a.example/",
        "http://a.example/b#c",
        "http://a.example//b",
        "http://a.example/b\\c",
        "http://a.example/ü",
        "http://ä.example/b",
        "http://a.example/b c",
        "http://a.example/b\nHost: c",
        "http://a.example/b/../c",
        "http://a.example/b/./c",
        "http://a.example/b/..",
        "http://a.example/b/%2e%2e/c",
        "http://a.example/b/.%2E/c",
        "http://a.example/b/%252e%252e/c",
        "http://a.example/b/..%2fc",
        "http://a.example/b/..%5cc",
        "http://a.example/b/..;x=y/c",
        "http://a.example/b/%2e%2e%3bx/c",
        "http://a.example/b/%2e%2e%3bx%0a/c",
        "http://a.example/%25zz/%252e%252e/c",
        "http://a.example/%c0%ae%C0%AE/c",
        "http://a.example/%25c0%25ae/c",
        "file://host/a",
        "file:a",
        "file:///a?b",
        "file:///a%00b",
        "file:///a/../b",
        "file:///a/%2e%2e/b"
      })
  void shouldRejectWhatTwoProgramsCouldReadDifferently(String text) {
    assertThatThrownBy(() -> ObjectAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must ")
        .hasMessageNotContaining("secret");
  }

  @Test
  void shouldRejectEndlessAddresses() {
    assertThatThrownBy(() -> ObjectAddress.parse("s3://pictures/" + "a".repeat(9000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must have at most 8192 characters");
    assertThatThrownBy(() -> ObjectAddress.parse("http://a.example/%" + "25".repeat(4000) + "2e./"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must not be encoded more than 3 times");
  }
}
