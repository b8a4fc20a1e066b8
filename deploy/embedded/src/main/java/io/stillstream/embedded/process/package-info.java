/** JVMs of their own for the benchmarks, the fault suite and tests: servers, services, metrics. */
package io.stillstream.embedded.process;
