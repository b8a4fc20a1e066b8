package io.stillstream.local.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.lookup.RecordNotFoundException;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Header;

/**
 * All that is known of one dead letter.
 *
 * @param lines to be shown
 * @param file the picture, or the bytes that should have held one; empty if they are gone
 * @param what the file is, in words
 */
public record DeadLetterDetails(List<String> lines, Optional<byte[]> file, String what) {
  private static final int MOST_OF_A_HEADER = 4000;

  public DeadLetterDetails {
    lines = List.copyOf(lines);
  }

  /** Looks at a dead letter, and at the record that it refers to if it holds none. */
  public static DeadLetterDetails of(Map<String, String> kafka, DeadLetterRecord letter) {
    List<String> lines = new ArrayList<>();
    lines.add("letter    " + letter.coordinates() + ", " + letter.time());
    lines.add("record    " + letter.source().map(Object::toString).orElse("it does not say"));
    lines.add("origin    " + letter.origin().map(Object::toString).orElse("it does not say"));
    lines.add("image     " + DeadLetterTable.shortened(letter.imageId().orElse("no key"), 500));
    for (Header header : letter.headers()) {
      String name = "header    " + header.key() + ": ";
      for (String line : text(header.value())) {
        lines.add(name + line);
        name = "          ";
      }
    }
    try (DeadLetterPayloadResolver contents = new DeadLetterPayloadResolver(kafka)) {
      DeadLetterPayloadResolver.Payload content = contents.of(letter);
      return withContent(kafka, letter, content, lines);
    } catch (RecordNotFoundException e) {
      lines.add("lost      the letter holds no record, and " + e.getMessage());
      return new DeadLetterDetails(lines, Optional.empty(), "");
    }
  }

  private static DeadLetterDetails withContent(
      Map<String, String> kafka,
      DeadLetterRecord letter,
      DeadLetterPayloadResolver.Payload content,
      List<String> lines) {
    lines.add(
        "value     "
            + (content.value() == null ? "none" : content.value().length + " bytes")
            + (letter.isByReference() ? ", fetched from " + letter.source().orElseThrow() : ""));
    String what = "the record's value as it came";
    try (RecordValueDeserializer<SpecificRecord> reader =
        new RecordValueDeserializer<>(SpecificRecord.class, kafka, new SimpleMeterRegistry())) {
      String topic = letter.source().map(RecordCoordinates::topic).orElse("");
      DecodedDeadLetter decoded =
          new DecodedDeadLetter(reader.deserialize(topic, content.headers(), content.value()));
      decoded.lines().forEach(line -> lines.add("          " + line));
      Optional<ImagePayload> picture = decoded.picture();
      if (picture.isPresent()) {
        return new DeadLetterDetails(
            lines, Optional.of(picture.get().bytes()), picture.get().what());
      }
      what += decoded.address().map(uri -> ", its image is at " + uri).orElse("");
    } catch (BadRecordException e) {
      lines.add("          cannot be decoded: " + DeadLetterTable.shortened(e.getMessage(), 500));
    } catch (RegistryUnavailableException e) {
      lines.add("          is not decoded, the registry is away: " + e.getMessage());
    }
    return new DeadLetterDetails(lines, Optional.ofNullable(content.value()), what);
  }

  private static List<String> text(byte[] value) {
    if (value == null) {
      return List.of("none");
    }
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
      String shown =
          text.length() <= MOST_OF_A_HEADER ? text : text.substring(0, MOST_OF_A_HEADER) + "…";
      return List.of(shown.stripTrailing().split("\n", -1));
    } catch (CharacterCodingException e) {
      return List.of(value.length + " bytes that are no text");
    }
  }
}
