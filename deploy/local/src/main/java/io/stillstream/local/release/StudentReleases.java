package io.stillstream.local.release;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The releases of a student, wherever they are. */
public interface StudentReleases {
  /**
   * Releases, oldest first.
   *
   * @param documents one of each release, to be printed as JSON
   * @param lines the same as a table
   * @param isSound false if one cannot be read
   */
  record Listing(List<? extends Record> documents, List<String> lines, boolean isSound) {
    static Listing of(List<ListedRelease> releases, boolean isSound) {
      return new Listing(List.copyOf(releases), ReleaseTable.lines(releases), isSound);
    }
  }

  /**
   * A promotion that was done.
   *
   * @param version the champion now
   * @param before the champion before; null if there was none
   * @param announcement what is said of the event; empty if none is sent
   */
  record PromotedRelease(String student, long version, Long before, String announcement) {
    /** What is to be printed. */
    public List<String> lines() {
      List<String> lines = new ArrayList<>();
      lines.add(
          "%s: version %d is champion%s"
              .formatted(student, version, before == null ? "" : ", before it was " + before));
      if (!announcement.isEmpty()) {
        lines.add(announcement);
      }
      return lines;
    }
  }

  Listing list() throws IOException;

  /**
   * Makes a release the one to serve.
   *
   * @param version empty for the champion before the current one
   * @throws io.stillstream.runtime.config.StartupException if it cannot be; nothing has changed
   *     then
   */
  PromotedRelease promote(OptionalLong version) throws IOException;
}
