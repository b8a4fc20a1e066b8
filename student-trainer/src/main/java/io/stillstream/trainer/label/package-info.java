/** Truth that comes later than its image: the join of labels with what the trainer knows. */
package io.stillstream.trainer.label;
