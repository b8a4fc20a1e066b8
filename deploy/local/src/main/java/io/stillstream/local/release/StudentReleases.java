package io.stillstream.local.release;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** The releases of a student, wherever they are. */
public interface StudentReleases {
  /**
   * Releases as a table.
   *
   * @param lines to be printed
   * @param isSound false if one cannot be read
   */
  record Listing(List<String> lines, boolean isSound) {}

  Listing list() throws IOException;

  /**
   * Makes a release the one to serve.
   *
   * @param version empty for the champion before the current one
   * @return what is to be printed
   * @throws io.stillstream.runtime.config.StartupException if it cannot be; nothing has changed
   *     then
   */
  List<String> promote(OptionalLong version) throws IOException;
}
