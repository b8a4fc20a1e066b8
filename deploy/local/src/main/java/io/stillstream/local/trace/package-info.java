/** What the command line tells of a trace. */
package io.stillstream.local.trace;
