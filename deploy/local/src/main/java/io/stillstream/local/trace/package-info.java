/** The trace of an image as text and as picture files. */
package io.stillstream.local.trace;
