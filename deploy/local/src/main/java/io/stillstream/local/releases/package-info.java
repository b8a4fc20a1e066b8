/** Releases of a student, on disk and in their topic. */
package io.stillstream.local.releases;
