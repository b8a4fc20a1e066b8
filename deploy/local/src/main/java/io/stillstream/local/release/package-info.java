/** Releases as a table, and the topic that announces them. */
package io.stillstream.local.release;
