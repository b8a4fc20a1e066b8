/**
 * Run events for a lineage service (<a href="https://openlineage.io/spec">OpenLineage</a>): what
 * each job reads and writes. They are sent beside the work: a lineage service that is away, or
 * refuses, changes nothing but a counter.
 */
package io.stillstream.runtime.openlineage;
