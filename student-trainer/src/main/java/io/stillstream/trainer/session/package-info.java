/**
 * A student with its buffer and everything that training has to remember, restored from a
 * checkpoint or new.
 */
package io.stillstream.trainer.session;
