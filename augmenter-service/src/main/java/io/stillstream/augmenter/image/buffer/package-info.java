/** Native and heap memory for pixels that is reused for the next image. */
package io.stillstream.augmenter.image.buffer;
