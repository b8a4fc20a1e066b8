/** Tries policies on an image while they are edited. */
package io.stillstream.local.playground;
