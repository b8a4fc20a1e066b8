/** The losses of knowledge distillation as tensor graphs. */
package io.stillstream.trainer.torch.loss;
