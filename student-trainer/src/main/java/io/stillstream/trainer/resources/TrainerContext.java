package io.stillstream.trainer.resources;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.config.TrainerConfig;
import java.time.InstantSource;

/** What one run of the trainer is given from outside. */
public record TrainerContext(
    TrainerConfig config, ModelSpec model, MeterRegistry registry, InstantSource clock) {}
