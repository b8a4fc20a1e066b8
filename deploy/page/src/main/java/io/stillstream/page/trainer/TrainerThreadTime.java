package io.stillstream.page.trainer;

/**
 * What the training thread has spent its time on since its process started, in seconds.
 *
 * @param steps optimiser steps, building their batches included
 * @param decodeWait waiting for what was not decoded yet; mostly part of steps
 * @param evaluation passes over the held-out set
 * @param checkpoints taking and publishing checkpoints and releases
 */
public record TrainerThreadTime(
    double steps, double decodeWait, double evaluation, double checkpoints) {}
