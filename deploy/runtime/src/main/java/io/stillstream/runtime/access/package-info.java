/**
 * The ACLs that a client needs at the brokers: the list, the check at the start, and the monitoring
 * while it runs.
 */
package io.stillstream.runtime.access;
