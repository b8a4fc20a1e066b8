/** Threads that decode ahead of the training thread. */
package io.stillstream.trainer.training.decode;
