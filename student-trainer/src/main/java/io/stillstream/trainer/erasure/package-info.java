/** Requests to erase an image, and how its views are removed from buffer, queue and checkpoints. */
package io.stillstream.trainer.erasure;
