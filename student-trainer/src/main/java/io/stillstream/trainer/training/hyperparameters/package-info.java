/** How a student is trained: loss, optimiser and learning rate. */
package io.stillstream.trainer.training.hyperparameters;
