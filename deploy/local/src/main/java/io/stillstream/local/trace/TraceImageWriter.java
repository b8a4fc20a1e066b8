package io.stillstream.local.trace;

import io.stillstream.local.replay.ReplayImageWriter;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.trainer.trace.ImageTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * Writes the pictures of a trace into a directory: {@code TOPIC-P@O.EXT} is the image as it
 * arrived, {@code TOPIC-P@O-viewN.png} are the views, named by where the image stood; {@code
 * TOPIC-P@O-viewN.mask.png} and {@code TOPIC-P@O-viewN.teacher.png} are views under their own mask
 * and the teacher's.
 */
public final class TraceImageWriter {
  private final Path directory;

  /**
   * @param directory exists
   */
  public TraceImageWriter(Path directory) {
    this.directory = directory;
  }

  /** Writes as much as there is. */
  public void write(ImageTrace trace) throws IOException {
    ImageTrace.RawImage raw = trace.raw();
    String name = "image";
    if (raw != null) {
      RecordCoordinates at = new RecordCoordinates(raw.topic(), raw.partition(), raw.offset());
      name = at.toString();
      if (raw.event() != null) {
        new ReplayImageWriter(directory).image(at, raw.event());
      }
    }
    for (ImageTrace.ViewTrace view : trace.views()) {
      String viewName = name + "-view" + view.index();
      write(viewName, view.png());
      write(viewName + ".mask", view.mask() == null ? null : view.mask().png());
      write(viewName + ".teacher", view.teacherMask() == null ? null : view.teacherMask().png());
    }
  }

  /**
   * @param url null if there is no picture
   */
  private void write(String name, String url) throws IOException {
    if (url != null) {
      String base64 = url.substring(url.indexOf(',') + 1);
      Files.write(directory.resolve(name + ".png"), Base64.getDecoder().decode(base64));
    }
  }
}
