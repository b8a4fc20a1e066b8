/** The command line: one class for each command. What they do is in the packages below. */
package io.stillstream.local;
