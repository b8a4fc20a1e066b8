/** A Kafka broker and a schema registry inside this JVM, for the local pipeline and for tests. */
package io.stillstream.embedded;
