package io.stillstream.labeler.model;

import io.stillstream.runtime.model.ModelSpec;
import java.util.List;

/** Makes teachers that are ready to work: loaded, probed and warmed. */
public interface TeacherLoader {
  /**
   * The teacher once for each lane, that is as many times as it can be asked at once. The caller
   * closes each.
   *
   * @throws io.stillstream.runtime.config.StartupException if it is not usable; nothing is left
   *     open then
   */
  List<TeacherModel> load(ModelSpec spec);
}
