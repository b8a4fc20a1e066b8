/** Images that a person should label: which are chosen, and how each is requested once. */
package io.stillstream.trainer.review;
