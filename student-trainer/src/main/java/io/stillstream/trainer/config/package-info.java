/** Settings of the trainer, and the ACLs that follow from them. */
package io.stillstream.trainer.config;
