/** ONNX teachers on the CPU and on GPUs. The only package that uses ONNX Runtime. */
package io.stillstream.labeler.onnx;
