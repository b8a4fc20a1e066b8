/**
 * A schema registry for development inside this JVM: subjects, versions and compatibility, a REST
 * API and a state file.
 */
package io.stillstream.embedded.registry;
