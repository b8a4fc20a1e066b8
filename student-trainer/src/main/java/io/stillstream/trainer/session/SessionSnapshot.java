package io.stillstream.trainer.session;

import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import java.util.Optional;

/**
 * A student and its buffer at one moment. Nothing changes them any more, so any thread may write
 * them while training continues.
 *
 * @param weights as a {@code .pt} file
 * @param average the moving average as a {@code .pt} file
 * @param projection of its embeddings, if it has one
 * @param optimiser its memory
 */
@SuppressWarnings("ArrayRecordComponent") // made once, written once
public record SessionSnapshot(
    byte[] weights,
    byte[] average,
    Optional<byte[]> projection,
    byte[] optimiser,
    TeacherAwareReplay.ReplaySnapshot buffer) {}
