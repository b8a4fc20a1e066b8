/** Tries policies on an image, for somebody who is editing them. */
package io.stillstream.local.playground;
