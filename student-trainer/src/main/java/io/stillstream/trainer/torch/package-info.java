/**
 * Training with libtorch. The only place that knows DJL; its internal native interface is known to
 * one class of it, {@code Libtorch}.
 */
package io.stillstream.trainer.torch;
