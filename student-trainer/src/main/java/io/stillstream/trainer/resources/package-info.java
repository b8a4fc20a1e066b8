/** Opens what one run of the trainer holds open, grouped by side: storage, input, output. */
package io.stillstream.trainer.resources;
