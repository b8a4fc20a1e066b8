package io.stillstream.local.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.local.label.ClassNames;
import io.stillstream.runtime.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressListTest {
  private static final String HASH = "0123456789abcdef".repeat(4);

  @TempDir Path directory;

  @Test
  void shouldTakeAnAddressInEachLine() throws Exception {
    // when
    IngestSource source =
        read(
            "s3://bucket/x/1.JPG\n\n  https://h:8443/2.png?sig=a \nfile:///data/3\nhttp://h/a.b/4\n");
    // then
    assertThat(source.classes()).isEmpty();
    assertThat(source.items())
        .extracting(IngestItem::name)
        .containsExactly("bucket/x/1.JPG", "h:8443/2.png", "data/3", "h/a.b/4");
    assertThat(source.items()).extracting(IngestItem::label).containsOnlyNulls();
    IngestItem.Encoded first = source.items().get(0).content().read();
    assertThat(first)
        .isEqualTo(
            IngestItem.Encoded.byReference(
                "image/jpeg", new IngestItem.Location("s3://bucket/x/1.JPG", null, null), null));
    IngestItem.Encoded second = source.items().get(1).content().read();
    assertThat(second.contentType()).isEqualTo("image/png");
    assertThat(second.location().orElseThrow().uri()).isEqualTo("https://h:8443/2.png?sig=a");
    assertThat(source.items().get(2).content().read().contentType())
        .isEqualTo("application/octet-stream");
    assertThat(source.items().get(3).content().read().contentType())
        .isEqualTo("application/octet-stream");
  }

  @Test
  void shouldTakeLabelsAndHashes() throws Exception {
    // when
    IngestSource source =
        read(
            "URI, sha256, label\ns3://bucket/a,b.jpg,"
                + HASH
                + ",shoe\ns3://bucket/c.jpg,,\ns3://bucket/d,,bag\n");
    // then
    assertThat(source.classes()).containsExactly("bag", "shoe");
    assertThat(source.items()).extracting(IngestItem::label).containsExactly(1, null, 0);
    assertThat(source.items().get(0).content().read().location())
        .contains(new IngestItem.Location("s3://bucket/a,b.jpg", null, HASH));
  }

  @Test
  void shouldTakeNumbersAsIndices() throws Exception {
    // when
    IngestSource source = read("\uFEFFuri,label\ns3://bucket/a.jpg,7\ns3://bucket/b.jpg,10\n");
    // then
    assertThat(source.classes()).isEmpty();
    assertThat(source.items()).extracting(IngestItem::label).containsExactly(7, 10);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s3://bucket/a.jpg,7|line 1: has a comma: the first line must name the columns, as uri,label,sha256",
        "uri,label;s3://bucket/a.jpg|line 2: must be uri,label",
        "uri,label,size;s3://bucket/a.jpg|line 1: the heading must be uri, with label and sha256 behind it, was uri,label,size",
        "uri,label,label;s3://bucket/a.jpg|line 1: the heading must be uri, with label and sha256 behind it, was uri,label,label",
        "uri,sha256;s3://bucket/a.jpg,12|line 2: sha256 must be 64 hexadecimal digits",
        "s3://bucket/a.jpg;ftp://b/a|line 2: the address must begin with s3:, http:, https: or file:, was ftp://b/a",
        "https://u:secret@h/a|line 1: the address must not have a user or a password, was https://…@h/a",
        "s3://bucket/a.jpg;s3://bucket/b.jpg;s3://bucket/a.jpg|line 3: names an image a second time",
        "https://h/a?x=1;https://h/a?x=2|line 2: names an image a second time"
      })
  void shouldSayWhichLineIsWrong(String lines, String message) {
    assertThatThrownBy(() -> read(lines.replace(';', '\n')))
        .isInstanceOf(StartupException.class)
        .hasMessage(directory.resolve("uris") + " " + message);
  }

  @Test
  void shouldRefuseAFileWithoutAddresses() {
    assertThatThrownBy(() -> read("uri,label\n\n"))
        .isInstanceOf(StartupException.class)
        .hasMessage("--uris: there are no addresses in " + directory.resolve("uris"));
    Path none = directory.resolve("none");
    assertThatThrownBy(
            () -> IngestSource.addresses(none, SourceLabels.NO_NAMES, ObjectAddress::parse))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("--uris " + none + ": cannot be read: ");
  }

  @Test
  void shouldMapLabelsByTheNamesOfTheModels() throws Exception {
    // given
    Path file =
        Files.writeString(
            directory.resolve("uris"),
            "uri,label\ns3://pictures/1,shoe\ns3://pictures/2,0\ns3://pictures/3,\n");
    // when
    IngestSource source =
        IngestSource.addresses(
            file, new ClassNames(List.of("bag", "coat", "shoe")), ObjectAddress::parse);
    // then
    assertThat(source.items()).extracting(IngestItem::label).containsExactly(2, 0, null);
    assertThatThrownBy(
            () ->
                IngestSource.addresses(
                    file, new ClassNames(List.of("bag", "coat")), ObjectAddress::parse))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "--uris " + file + ": no class is called \"shoe\"; classes are 0 to 1, or bag, coat");
  }

  private IngestSource read(String text) throws Exception {
    Path file = Files.writeString(directory.resolve("uris"), text);
    return IngestSource.addresses(file, SourceLabels.NO_NAMES, ObjectAddress::parse);
  }

  /** Bytes that are no text end with a message, too. */
  @Test
  void shouldRefuseWhatIsNoText() throws Exception {
    Path file = Files.write(directory.resolve("uris"), new byte[] {(byte) 0xff, (byte) 0xd8});
    assertThatThrownBy(
            () -> IngestSource.addresses(file, SourceLabels.NO_NAMES, ObjectAddress::parse))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("--uris " + file + ": cannot be read: ");
  }
}
