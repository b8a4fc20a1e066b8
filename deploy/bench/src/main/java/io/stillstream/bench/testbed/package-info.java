/** A broker, a registry and topics in this JVM, for a service that is measured. */
package io.stillstream.bench.testbed;
