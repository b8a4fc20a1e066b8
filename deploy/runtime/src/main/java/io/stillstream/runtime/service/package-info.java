/** The life of a service process: start, health, shutdown on a signal, and exit code. */
package io.stillstream.runtime.service;
