/**
 * The labeler as a member of its consumer group: polls while it waits, commits before partitions
 * are revoked, aborts when they are lost, and publishes the status.
 */
package io.stillstream.labeler.membership;
