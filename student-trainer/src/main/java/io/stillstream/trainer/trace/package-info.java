/** The story of one image, from topics, ledger and releases. */
package io.stillstream.trainer.trace;
