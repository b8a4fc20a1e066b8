package io.stillstream.trainer.config;

import io.stillstream.runtime.config.Default;

/**
 * What is done to views that are drawn from the buffer.
 *
 * @param horizontalFlip whether half of them are mirrored, with the answers that are stored
 */
public record ReplaySettings(@Default("false") boolean horizontalFlip) {}
