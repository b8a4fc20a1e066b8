/** The steps of the training loop: fetch, train, record. */
package io.stillstream.trainer.loop;
