package io.stillstream.augmenter.mapping;

import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.schemas.ImageEvent;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The references to objects inside of image events. */
public final class ObjectReferenceMapper {
  /** Reason: the event names an object in a way that no store could serve. */
  public static final String BAD_REFERENCE = "bad_reference";

  private static final Pattern ABSOLUTE = Pattern.compile("\\p{Alpha}[\\p{Alnum}+.-]*:.+");
  private static final Pattern SHA256 = Pattern.compile("\\p{XDigit}{64}");

  private ObjectReferenceMapper() {}

  /**
   * The object that an event names; empty if the event has its image by value. Whether its address
   * may be read is for others to say.
   *
   * @throws BadRecordException with the reason {@value #BAD_REFERENCE} if there is a payload, too,
   *     the address is empty or relative, the size negative, or the SHA-256 no 64 hexadecimal
   *     digits
   */
  public static Optional<ObjectReference> toReference(ImageEvent event) {
    String uri = event.getPayloadUri();
    if (uri == null) {
      return Optional.empty();
    }
    require(!event.getPayload().hasRemaining(), "there are both a payload and a payloadUri");
    require(ABSOLUTE.matcher(uri).matches(), "payloadUri is empty or relative");
    Long size = event.getPayloadSize();
    require(size == null || size >= 0, "payloadSize is negative: " + size);
    String sha256 = event.getPayloadSha256();
    require(
        sha256 == null || SHA256.matcher(sha256).matches(),
        "payloadSha256 has not 64 hexadecimal digits");
    return Optional.of(
        new ObjectReference(
            uri,
            size == null ? OptionalLong.empty() : OptionalLong.of(size),
            Optional.ofNullable(sha256).map(digits -> digits.toLowerCase(Locale.ROOT))));
  }

  private static void require(boolean isMet, String problem) {
    if (!isMet) {
      throw new BadRecordException(BAD_REFERENCE, problem);
    }
  }
}
