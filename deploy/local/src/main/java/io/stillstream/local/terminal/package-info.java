/**
 * Output to a terminal: safe text, a progress line, and where the log goes. Depends on no other
 * package.
 */
package io.stillstream.local.terminal;
