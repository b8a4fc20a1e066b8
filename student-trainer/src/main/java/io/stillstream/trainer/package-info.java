/** The trainer as a process: main class, service, loop and what it has open. */
package io.stillstream.trainer;
