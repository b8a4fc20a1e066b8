package io.stillstream.page;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs failures that are repeated every second: each once, until its cause is another one. */
final class FailureLog {
  private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

  private final Map<String, String> causes = new HashMap<>();

  void log(String what, Exception e) {
    if (!e.toString().equals(causes.put(what, e.toString()))) {
      LOG.atWarn().addKeyValue("cause", e.toString()).log(what);
    }
  }

  /** The next failure of this kind is logged again. */
  void resolved(String what) {
    causes.remove(what);
  }
}
