package io.stillstream.trainer.review;

import io.stillstream.schemas.ReviewRequest;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * What a checkpoint keeps of the requests for review: a number of the form, the numbers below, the
 * writer's schema as JSON, and each request in Avro. Big-endian.
 *
 * @param savedAt when it was captured, milliseconds since the epoch
 * @param minute that the candidates are of
 * @param candidates of that minute, which are not requested yet
 * @param waiting requests that no broker is known to have, oldest first
 * @param requested numbers of the images that were requested, oldest first
 */
@SuppressWarnings("ArrayRecordComponent") // captured once, then only written
public record ReviewState(
    long savedAt,
    long minute,
    List<ReviewRequest> candidates,
    List<ReviewRequest> waiting,
    long[] requested) {
  /** Its name in a checkpoint. */
  public static final String FILE = "reviews.bin";

  private static final int FORM = 1;

  /** Of a training that has requested nothing. */
  public static final ReviewState NONE = new ReviewState(0, 0, List.of(), List.of(), new long[0]);

  /** Whether there is nothing to keep. */
  boolean isEmpty() {
    return candidates.isEmpty() && waiting.isEmpty() && requested.length == 0;
  }

  /** Writes it. */
  void write(DataOutputStream out) throws IOException {
    out.writeInt(FORM);
    out.writeLong(savedAt);
    out.writeLong(minute);
    out.writeInt(requested.length);
    for (long image : requested) {
      out.writeLong(image);
    }
    byte[] schema = ReviewRequest.getClassSchema().toString().getBytes(StandardCharsets.UTF_8);
    out.writeInt(schema.length);
    out.write(schema);
    out.writeInt(candidates.size());
    out.writeInt(waiting.size());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    SpecificDatumWriter<ReviewRequest> writer = new SpecificDatumWriter<>(ReviewRequest.class);
    for (ReviewRequest request : candidates) {
      writer.write(request, encoder);
    }
    for (ReviewRequest request : waiting) {
      writer.write(request, encoder);
    }
    encoder.flush();
  }

  /**
   * Reads what {@link #write} wrote, with an older schema too.
   *
   * @throws IOException if it is of another form, or ends early
   */
  public static ReviewState read(DataInputStream in) throws IOException {
    int form = in.readInt();
    if (form != FORM) {
      throw new IOException(FILE + " has the form " + form + ", " + FORM + " is known");
    }
    long savedAt = in.readLong();
    long minute = in.readLong();
    long[] requested = new long[in.readInt()];
    for (int i = 0; i < requested.length; i++) {
      requested[i] = in.readLong();
    }
    byte[] schema = new byte[in.readInt()];
    if (in.readNBytes(schema, 0, schema.length) != schema.length) {
      throw new EOFException(FILE + " ends early");
    }
    int candidates = in.readInt();
    int waiting = in.readInt();
    SpecificDatumReader<ReviewRequest> reader =
        new SpecificDatumReader<>(
            new Schema.Parser().parse(new String(schema, StandardCharsets.UTF_8)),
            ReviewRequest.getClassSchema());
    List<ReviewRequest> requests = new ArrayList<>();
    for (int i = 0; i < candidates + waiting; i++) {
      requests.add(reader.read(null, DecoderFactory.get().directBinaryDecoder(in, null)));
    }
    return new ReviewState(
        savedAt,
        minute,
        List.copyOf(requests.subList(0, candidates)),
        List.copyOf(requests.subList(candidates, requests.size())),
        requested);
  }
}
