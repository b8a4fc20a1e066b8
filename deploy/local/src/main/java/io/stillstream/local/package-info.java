/** The main class of the command line tools. */
package io.stillstream.local;
