package io.stillstream.trainer.resources;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.startup.StartupWait;
import io.stillstream.trainer.config.TrainerConfig;
import java.time.InstantSource;

/**
 * What one run of the trainer is given from outside.
 *
 * @param startup how long its start waits for what is away
 */
public record TrainerContext(
    TrainerConfig config,
    ModelSpec model,
    MeterRegistry registry,
    InstantSource clock,
    StartupWait startup) {}
