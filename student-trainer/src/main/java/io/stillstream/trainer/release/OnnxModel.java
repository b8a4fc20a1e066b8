package io.stillstream.trainer.release;

/**
 * A released student as ONNX.
 *
 * @param bytes of the file
 * @param opset version of ONNX's default operator set that it is for
 */
@SuppressWarnings("ArrayRecordComponent") // made once, written once
public record OnnxModel(byte[] bytes, long opset) {}
