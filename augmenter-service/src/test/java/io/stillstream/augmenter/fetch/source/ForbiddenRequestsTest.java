package io.stillstream.augmenter.fetch.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.runtime.config.YamlSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses in events that try to make the augmenter send requests where it must not. */
class ForbiddenRequestsTest {
  private static final byte[] IMAGE = "image".getBytes(UTF_8);

  private final CountingResolver names = new CountingResolver();
  private ConnectionTrap trap;

  @BeforeEach
  void listen() throws IOException {
    trap = new ConnectionTrap(InetAddress.getLoopbackAddress(), 0);
  }

  @AfterEach
  void close() throws IOException {
    trap.close();
  }

  @Test
  void shouldCountWhatConnectsToTheTrap() throws IOException {
    trap.connect();
    assertThat(trap.connections()).isEqualTo(1);
    assertThat(trap.connections()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // other hosts
        "http://other.example.com:TRAP/a/1.png",
        "http://localhost:TRAP/a/1.png",
        "https://images.example.com.evil.example/a/1.png",
        "https://evil.example/images.example.com/a/1.png",
        "https://images.example.com./a/1.png",
        "https://xn--images-example.com/a/1.png",
        // loopback in all its forms
        "http://127.0.0.1:TRAP/a/1.png",
        "http://127.1:TRAP/a/1.png",
        "http://2130706433:TRAP/a/1.png",
        "http://0x7f000001:TRAP/a/1.png",
        "http://0x7f.0.0.1:TRAP/a/1.png",
        "http://017700000001:TRAP/a/1.png",
        "http://0177.0.0.1:TRAP/a/1.png",
        "http://0.0.0.0:TRAP/a/1.png",
        "http://[::1]:TRAP/a/1.png",
        "http://[::]:TRAP/a/1.png",
        "http://[::ffff:127.0.0.1]:TRAP/a/1.png",
        "http://[::ffff:7f00:1]:TRAP/a/1.png",
        "http://[0:0:0:0:0:ffff:7f00:0001]:TRAP/a/1.png",
        // the metadata of clouds
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://metadata.google.internal/computeMetadata/v1/",
        // files
        "file:///etc/passwd",
        "file:/etc/passwd",
        "file://localhost/etc/passwd",
        "file:///data/../etc/passwd",
        "file:///data/%2e%2e/etc/passwd",
        "/etc/passwd",
        // out of the folder
        "https://images.example.com/b/1.png",
        "https://images.example.com/a",
        "https://images.example.com/a/",
        "https://images.example.com/ab/1.png",
        "https://images.example.com/a/../b/1.png",
        "https://images.example.com/a/%2e%2e/b/1.png",
        "https://images.example.com/a/.%2E/b/1.png",
        "https://images.example.com/a/%252e%252e/b/1.png",
        "https://images.example.com/a/..%2fb/1.png",
        "https://images.example.com/a/..\\b/1.png",
        "https://images.example.com/a/..%5cb/1.png",
        "https://images.example.com/a/..;/b/1.png",
        "https://images.example.com//evil.example/a/1.png",
        "https://images.example.com/%61/1.png",
        "s3://pictures/2025/1.png",
        "s3://pictures/2026/../2025/1.png",
        "s3://pictures/2026/%2e%2e/2025/1.png",
        "s3://pictures-of-others/2026/1.png",
        // users, also as a disguise of the host
        "https://me:password@images.example.com/a/1.png",
        "https://images.example.com@127.0.0.1:TRAP/a/1.png",
        "https://images.example.com:443@127.0.0.1:TRAP/a/1.png",
        "https://images.example.com%40127.0.0.1:TRAP/a/1.png",
        "https://127.0.0.1:TRAP#@images.example.com/a/1.png",
        "https://127.0.0.1:TRAP\\@images.example.com/a/1.png",
        "https://images.example.com\\.evil.example/a/1.png",
        "https://127.0.0.1:TRAP?@images.example.com/a/1.png",
        // other ports and schemes
        "https://images.example.com:TRAP/a/1.png",
        "https://images.example.com:80/a/1.png",
        "http://images.example.com/a/1.png",
        "http://images.example.com:443/a/1.png",
        "ftp://images.example.com/a/1.png",
        "gopher://127.0.0.1:TRAP/_GET",
        "jar:http://127.0.0.1:TRAP/a.jar!/1.png",
        "s3a://pictures/2026/1.png",
        "data:image/png;base64,AAAA",
        // more than an address
        "https://images.example.com/a/1.png#/../../b",
        "https://images.example.com/a/1.png HTTP/1.1\r\nHost: evil.example\r\n",
        "https://images.example.com/a/1\u0000.png",
        " https://images.example.com/a/1.png",
        ""
      })
  void shouldRefuseWithoutALookUpOrAConnection(String address) throws IOException {
    // given
    String uri = address.replace("TRAP", Integer.toString(trap.port()));
    try (ObjectSource source =
        open(
            """
            allow:
              - https://images.example.com/a/
              - s3://pictures/2026/
              - file:///data/
            store: {endpoint: "http://127.0.0.1:%d"}
            """
                .formatted(trap.port()))) {

      // then
      assertThatThrownBy(() -> source.read(reference(uri)))
          .isInstanceOfSatisfying(
              RejectedObjectException.class,
              e -> assertThat(e.reason()).isEqualTo(ObjectRejection.NOT_ALLOWED))
          .hasMessageNotContaining("password@")
          .hasMessageNotContaining("\n");
      assertThat(names.lookups()).isEmpty();
      assertThat(trap.connections()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:TRAP/a/1.png",
        "http://127.0.0.1:OWN/secret/1.png",
        "/secret/1.png",
        "../secret/1.png",
        "/a/%2e%2e/secret/1.png",
        "//127.0.0.1:TRAP/a/1.png",
        "http://2130706433:OWN/a/1.png",
        "http://[::1]:TRAP/a/1.png",
        "https://127.0.0.1:OWN/a/1.png",
        "http://me@127.0.0.1:OWN/a/1.png",
        "file:///etc/passwd",
        "file:///data/1.png",
        "s3://pictures/2026/1.png",
        "gopher://127.0.0.1:TRAP/",
        "http://",
        ""
      })
  void shouldRefuseWhatARedirectLeadsTo(String location) throws IOException {
    try (ObjectServer server = ObjectServer.start()) {
      // given
      server.put("/secret/1.png", 200, IMAGE);
      server.redirect(
          "/a/1.png",
          302,
          location
              .replace("TRAP", Integer.toString(trap.port()))
              .replace("OWN", Integer.toString(server.port())));
      names.with("127.0.0.1", "127.0.0.1", "127.0.0.1");
      String prefix = "http://127.0.0.1:" + server.port() + "/a/";
      try (ObjectSource source =
          open(
              """
              allow:
                - {prefix: "%s", private-addresses: true}
                - file:///data/
                - s3://pictures/2026/
              store: {endpoint: "http://127.0.0.1:%d"}
              """
                  .formatted(prefix, trap.port()))) {

        // then
        assertThatThrownBy(() -> source.read(reference(prefix + "1.png")))
            .isInstanceOfSatisfying(
                RejectedObjectException.class,
                e -> assertThat(e.reason()).isEqualTo(ObjectRejection.NOT_ALLOWED))
            .hasMessageStartingWith(prefix + "1.png redirects");
        assertThat(server.requests()).containsExactly("/a/1.png");
        assertThat(trap.connections()).isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "10.0.0.1",
        "192.168.0.1",
        "172.16.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "224.0.0.1",
        "255.255.255.255",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "1.1.1.1,127.0.0.1",
        "127.0.0.1,1.1.1.1"
      })
  void shouldNotConnectToAnAllowedHostWithAForbiddenAddress(String addresses) throws IOException {
    // given
    names.with("images.example.com", addresses);
    String prefix = "http://images.example.com:" + trap.port() + "/";
    try (ObjectSource source = open("allow: [\"" + prefix + "\"]")) {

      // then: whoever has set up name server or settings can cure it, so nothing is lost
      assertThatThrownBy(() -> source.read(reference(prefix + "1.png")))
          .isInstanceOf(UnavailableObjectException.class)
          .hasMessageContaining("images.example.com has the address ");
      assertThat(names.lookups()).containsExactly("images.example.com");
      assertThat(trap.connections()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "::"})
  void shouldNotTakeReservedAddressesForPrivateOnes(String address) throws IOException {
    // given
    names.with("images.example.com", address);
    String prefix = "http://images.example.com:" + trap.port() + "/";
    try (ObjectSource source =
        open("allow: [{prefix: \"" + prefix + "\", private-addresses: true}]")) {

      // then
      assertThatThrownBy(() -> source.read(reference(prefix + "1.png")))
          .isInstanceOf(UnavailableObjectException.class)
          .hasMessageContaining("which is reserved");
      assertThat(trap.connections()).isZero();
    }
  }

  @Test
  void shouldConnectToTheAddressThatWasChecked() throws Exception {
    // given: a name server that answers the second question with another address
    try (ObjectServer server = ObjectServer.start();
        ConnectionTrap second =
            new ConnectionTrap(
                InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), server.port())) {
      server.put("/1.png", 200, IMAGE);
      names.with("images.example.com", "127.0.0.1", "127.0.0.2");
      String prefix = "http://images.example.com:" + server.port() + "/";
      try (ObjectSource source =
          open("allow: [{prefix: \"" + prefix + "\", private-addresses: true}]")) {

        // when
        byte[] bytes = source.read(reference(prefix + "1.png"));

        // then
        assertThat(bytes).isEqualTo(IMAGE);
        assertThat(names.lookups()).containsExactly("images.example.com");
        assertThat(second.connections()).isZero();
      }
    }
  }

  @Test
  void shouldCheckEveryNewConnection() throws Exception {
    // given: a host that moves to loopback after its first answer
    try (ObjectServer server = ObjectServer.start()) {
      server.on(
          "/1.png",
          exchange -> {
            exchange.getResponseHeaders().add("Connection", "close");
            exchange.sendResponseHeaders(200, IMAGE.length);
            exchange.getResponseBody().write(IMAGE);
          });
      names.with("images.example.com", "127.0.0.1", "169.254.169.254");
      String prefix = "http://images.example.com:" + server.port() + "/";
      try (ObjectSource source =
          open("allow: [{prefix: \"" + prefix + "\", private-addresses: true}]")) {
        source.read(reference(prefix + "1.png"));

        // then
        assertThatThrownBy(() -> source.read(reference(prefix + "1.png")))
            .isInstanceOf(UnavailableObjectException.class)
            .hasMessageContaining("169.254.169.254, which is reserved");
        assertThat(server.requests()).hasSize(1);
      }
    }
  }

  @Test
  void shouldAllowNothingByDefault() throws IOException {
    try (ObjectSource source = open("{}")) {
      for (String uri :
          new String[] {"https://images.example.com/a", "s3://pictures/a", "file:///etc/passwd"}) {
        assertThatThrownBy(() -> source.read(reference(uri)))
            .isInstanceOf(RejectedObjectException.class)
            .hasMessage(uri + " is below no prefix of fetch.allow");
      }
      assertThat(names.lookups()).isEmpty();
    }
  }

  private ObjectSource open(String yaml) {
    return ObjectSources.open(YamlSettings.parse(yaml, FetchSettings.class, Map.of()), names);
  }

  private static ObjectReference reference(String uri) {
    return new ObjectReference(uri, OptionalLong.empty(), Optional.empty());
  }
}
