package io.stillstream.trainer.release;

/** Makes the ONNX file of a release. */
public interface OnnxExporter {
  /**
   * Makes the file, and compares its answers with the student's.
   *
   * @param student bytes of the {@code .pt} file
   * @throws OnnxMismatchException if there is no file that answers as the student does
   */
  OnnxModel export(byte[] student) throws OnnxMismatchException;
}
