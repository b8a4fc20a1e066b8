/** The meter registries of a process, their export, and the meters that every service has. */
package io.stillstream.runtime.metrics;
