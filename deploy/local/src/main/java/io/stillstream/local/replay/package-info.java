/**
 * Makes recorded views again from their images and recipes, and compares the pixels. Depends on no
 * service but the augmenter.
 */
package io.stillstream.local.replay;
