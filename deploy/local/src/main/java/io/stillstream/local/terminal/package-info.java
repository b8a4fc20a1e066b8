/** What the commands write to a terminal. */
package io.stillstream.local.terminal;
