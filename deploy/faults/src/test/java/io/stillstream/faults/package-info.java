/** What can happen to the pipeline, done to its processes, and an audit of what became of it. */
package io.stillstream.faults;
