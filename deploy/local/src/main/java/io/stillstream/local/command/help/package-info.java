/** What the command line says of itself: help in groups, messages about misuse, completion. */
package io.stillstream.local.command.help;
