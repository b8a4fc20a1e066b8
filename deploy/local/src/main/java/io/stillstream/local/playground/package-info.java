/**
 * The endpoint with which a browser tries policies on an image. Depends on no service but the
 * augmenter.
 */
package io.stillstream.local.playground;
