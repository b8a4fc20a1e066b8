/**
 * Faults injected into the processes of a running pipeline, and an audit of every record
 * afterwards. Tests only.
 */
package io.stillstream.faults;
