/** The trace of an image as text and as files. */
package io.stillstream.local.trace;
