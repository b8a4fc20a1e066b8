package io.stillstream.trainer.resources;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.startup.StartupWait;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.release.PromotionRequests;
import java.time.InstantSource;

/**
 * What one run of the trainer is given from outside.
 *
 * @param promotions that the management port asks for
 * @param startup how long its start waits for what is away
 */
public record TrainerContext(
    TrainerConfig config,
    ModelSpec model,
    MeterRegistry registry,
    PromotionRequests promotions,
    InstantSource clock,
    StartupWait startup) {}
