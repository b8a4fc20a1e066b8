/**
 * Views that a policy makes of an image file, encoded and decoded as the services see them. Depends
 * on no service but the augmenter.
 */
package io.stillstream.local.preview;
