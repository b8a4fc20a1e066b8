/**
 * Releases as ONNX: an unfused export of the student with named initialisers, into which the
 * released weights are put, and ONNX Runtime, which has to answer as the student does.
 */
package io.stillstream.trainer.onnx;
