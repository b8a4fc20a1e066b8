/**
 * What an integration test runs against: a Kafka broker and a schema registry, inside this JVM or
 * as real servers in containers. On the classpath of tests only.
 */
package io.stillstream.containers;
