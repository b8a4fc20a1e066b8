package io.stillstream.trainer.training.example;

import java.nio.ByteBuffer;

/**
 * A batch and the buffer that its input is in.
 *
 * @param buffer to be given back when nothing reads the batch any more
 */
record BuiltBatch(TrainingBatch batch, ByteBuffer buffer) {}
