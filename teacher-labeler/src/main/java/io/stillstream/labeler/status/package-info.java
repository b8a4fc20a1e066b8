/** The state of the loop as other threads see it, and the health checks on it. */
package io.stillstream.labeler.status;
