package io.stillstream.trainer.label;

import java.io.DataOutputStream;
import java.io.IOException;

/** The table of truths at one moment, to be written by any thread: the file {@value #FILE}. */
public final class LabelSnapshot {
  /** Its name in a checkpoint. */
  public static final String FILE = "labels.bin";

  LabelSnapshot() {}

  public void writeTo(DataOutputStream out) throws IOException {
    throw new UnsupportedOperationException("not written yet");
  }
}
