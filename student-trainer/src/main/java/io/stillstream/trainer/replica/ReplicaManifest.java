package io.stillstream.trainer.replica;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What of a student is in the store. An object that it does not name is not part of anything.
 *
 * @param format of this file
 * @param epoch how often the student was taken over, by this start of a trainer or an earlier one
 * @param run where the objects of the trainer that wrote it are, a name that no other start has
 * @param owner identity of the directory that it trains in
 * @param modelSha256 of the untrained file that the student began with
 * @param checkpoints newest first
 * @param ledger stretches of files that are not closed segments, in their order
 * @param ledgerSegments closed segments of the ledger, each under the name of its file; null, as in
 *     older formats, is none
 */
public record ReplicaManifest(
    int format,
    long epoch,
    String run,
    String owner,
    String student,
    String modelSha256,
    String writtenAt,
    List<StoredCheckpoint> checkpoints,
    List<LedgerSegment> ledger,
    List<StoredFile> ledgerSegments,
    List<StoredRelease> releases) {
  /**
   * Format 1 had no segments, format 2 none of the ledger: a version that knows no others would
   * delete their objects.
   */
  static final int FORMAT = 3;

  private static final Pattern PLAIN = Pattern.compile("[\\w-][\\w.-]*");
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  public ReplicaManifest {
    checkpoints = List.copyOf(checkpoints);
    ledger = List.copyOf(ledger);
    ledgerSegments = ledgerSegments == null ? List.of() : List.copyOf(ledgerSegments);
    releases = List.copyOf(releases);
  }

  /** An object: key without the prefix, and what it has to contain. */
  public record ObjectRef(String key, long bytes, String sha256) {}

  /** A file in so many objects. */
  public record StoredFile(String name, List<ObjectRef> parts) {
    /**
     * The name, which has to be one in the same directory.
     *
     * @throws CorruptObjectException if it leads elsewhere
     */
    public String plainName() throws CorruptObjectException {
      if (!PLAIN.matcher(name).matches()) {
        throw new CorruptObjectException("a copied file cannot be called " + name);
      }
      return name;
    }
  }

  /**
   * A checkpoint as it lay in the directory.
   *
   * @param manifest SHA-256 of its manifest, which tells it from any other
   * @param forgotten position in the topic of what is to be forgotten
   * @param segments that it shares with others, by their names; null, as in format 1, is none
   * @param source which topic its offsets are of; null in older heads
   */
  public record StoredCheckpoint(
      long sequence,
      long steps,
      long ledgerBytes,
      Map<Integer, Long> forgotten,
      String manifest,
      List<StoredFile> files,
      List<StoredFile> segments,
      TopicIdentity source) {
    public StoredCheckpoint {
      segments = segments == null ? List.of() : List.copyOf(segments);
      forgotten = new TreeMap<>(forgotten);
    }
  }

  /** A stretch of the ledger. */
  public record LedgerSegment(long from, ObjectRef part) {
    public long to() {
      return from + part.bytes();
    }
  }

  /**
   * The ledger.
   *
   * @param segments that are closed, under the names of their files
   * @param stretches of the open file, and before it of an earlier version's file
   */
  public record StoredLedger(List<StoredFile> segments, List<LedgerSegment> stretches) {
    public StoredLedger {
      segments = List.copyOf(segments);
      stretches = List.copyOf(stretches);
    }
  }

  /**
   * A release, each of its files in one object.
   *
   * @param directory what their keys begin with
   */
  public record StoredRelease(
      long version, String sha256, String directory, List<StoredFile> files) {}

  /** The ledger in the store. */
  public StoredLedger storedLedger() {
    return new StoredLedger(ledgerSegments, ledger);
  }

  public ReplicaManifest with(List<StoredCheckpoint> kept, StoredLedger lines) {
    return new ReplicaManifest(
        format,
        epoch,
        run,
        owner,
        student,
        modelSha256,
        writtenAt,
        kept,
        lines.stretches(),
        lines.segments(),
        releases);
  }

  public ReplicaManifest with(List<StoredRelease> kept) {
    return copy(writtenAt, kept);
  }

  ReplicaManifest writtenAt(String time) {
    return copy(time, releases);
  }

  private ReplicaManifest copy(String time, List<StoredRelease> kept) {
    return new ReplicaManifest(
        format,
        epoch,
        run,
        owner,
        student,
        modelSha256,
        time,
        checkpoints,
        ledger,
        ledgerSegments,
        kept);
  }

  /** The keys of all that it names. */
  public Set<String> keys() {
    Set<String> keys = new HashSet<>();
    for (StoredCheckpoint checkpoint : checkpoints) {
      add(keys, checkpoint.files());
      add(keys, checkpoint.segments());
    }
    releases.forEach(release -> add(keys, release.files()));
    add(keys, ledgerSegments);
    ledger.forEach(segment -> keys.add(segment.part().key()));
    return keys;
  }

  private static void add(Set<String> keys, List<StoredFile> files) {
    files.forEach(file -> file.parts().forEach(part -> keys.add(part.key())));
  }

  byte[] toBytes() throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
  }

  /**
   * Parses a manifest.
   *
   * @param where for messages
   */
  public static ReplicaManifest read(byte[] bytes, String where) throws IOException {
    try {
      // First of all: what else a later format has, or has no more, is not known.
      int format = JSON.readTree(bytes).path("format").asInt();
      if (format > FORMAT) {
        throw new CorruptObjectException(
            "%s has format %d and this version of the trainer reads formats 1 to %d: a later version"
                    .formatted(where, format, FORMAT)
                + " wrote it, run that one again (deploy/docs/upgrade.md)");
      }
      return JSON.readValue(bytes, ReplicaManifest.class);
    } catch (CorruptObjectException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new CorruptObjectException(
          where + " is damaged: " + e.getMessage().lines().findFirst().orElse(""));
    }
  }
}
