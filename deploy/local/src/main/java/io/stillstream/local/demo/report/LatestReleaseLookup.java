package io.stillstream.local.demo.report;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.local.topics.TopicValueReader;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.topics.Topics;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Finds the newest release that has been announced. */
public final class LatestReleaseLookup {
  private LatestReleaseLookup() {}

  public static Optional<StudentRelease> in(Map<String, String> clients, MeterRegistry meters) {
    AtomicReference<StudentRelease> last = new AtomicReference<>();
    long unused =
        TopicValueReader.readAll(
            clients, meters, Topics.STUDENT_RELEASES, StudentRelease.class, last::set);
    return Optional.ofNullable(last.get());
  }

  /** The directory of a release. */
  public static Path directory(StudentRelease release) {
    String uri = release.getUri();
    return uri.startsWith("file:") ? Path.of(URI.create(uri)) : Path.of(uri);
  }
}
